import logging

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools import notification

_logger = logging.getLogger(__name__)

#: Orders that are looked at by one turn of the scheduled action.
TURN = 100


class SaleOrder(models.Model):
    """ITscope's data sheets in the quotation's PDF, through Odoo's quotation builder
    (``sale_pdf_quote_builder``) where that is installed."""

    _inherit = "sale.order"

    itscope_has_datasheets = fields.Boolean(
        string="ITscope data sheets", compute="_compute_itscope_has_datasheets"
    )
    itscope_datasheet_user_id = fields.Many2one(
        "res.users",
        string="Waits for data sheets",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Whoever asked for them is told when they are there.",
    )

    @api.depends("state", "order_line.product_id")
    def _compute_itscope_has_datasheets(self):
        builder = self._itscope_has_quote_builder()
        for order in self:
            order.itscope_has_datasheets = (
                builder
                and order.state in ("draft", "sent")
                and any(
                    link.datasheet_url
                    for link in order.order_line._itscope_links().values()
                )
            )

    @api.model
    def _itscope_has_quote_builder(self):
        return "product_document_ids" in self.env["sale.order.line"]._fields

    def action_itscope_datasheets(self):
        """Put the data sheets of the lines' products into the quotation's PDF; those
        that are not here yet are fetched."""
        self.ensure_one()
        self.env["itscope.product"]._check_user()
        self.check_access("write")
        if not self._itscope_has_quote_builder():
            raise UserError(
                self.env._(
                    "Data sheets go into the PDF by Odoo's quotation builder. Install "
                    "“Sales PDF Quotation Builder” first."
                )
            )
        if self.state not in ("draft", "sent"):
            raise UserError(
                self.env._(
                    "%(order)s is no quotation any more: its PDF stays as it is.",
                    order=self.display_name,
                )
            )
        self._itscope_check_datasheets()
        self._itscope_sheets()._fetch_files()
        message, complete = self._itscope_put_sheets()
        return notification(
            message, "success" if complete else "warning", sticky=not complete
        )

    def _itscope_check_datasheets(self):
        """Raise where the company's account can't fetch data sheets."""
        self.env["itscope.account"]._for_job(self.company_id)
        # sudo: its policy, and whether there is a key.
        accounts = self.env["itscope.account"].sudo()
        account = accounts._of_company(self.company_id)
        if account.datasheet_policy == "none":
            raise UserError(
                self.env._(
                    "The account %(account)s keeps no data sheets. Choose “As link” or "
                    "“As file” under ITscope → Configuration → Accounts → Data sheets, "
                    "then refresh the products.",
                    account=account.display_name,
                )
            )
        if not accounts._of_company(self.company_id, [("api_key", "!=", False)]):
            raise UserError(self.env._("The API key is missing."))

    def _itscope_sheets(self):
        """The data sheets of this quotation's products."""
        # sudo: media are written by the connector only.
        media = self.env["itscope.media"].sudo()
        links = self.env["itscope.product"].union(
            *self.order_line._itscope_links().values()
        )
        return media.with_company(self.company_id)._sheets(links)

    def _itscope_put_sheets(self):
        """Choose the data sheets that are here on their lines.

        :return: what became of all, in words; and whether all are there
        """
        sheets = {sheet.link_id: sheet for sheet in self._itscope_sheets()}
        links = self.order_line._itscope_links()
        done, waiting, problems, seen = 0, 0, [], set()
        for line, link in links.items():
            sheet = sheets.get(link)
            if link in seen:
                # Of several lines with the product, the first one shows it.
                continue
            seen.add(link)
            if not sheet:
                problems.append(
                    self.env._(
                        "%(product)s: ITscope has no data sheet of its own.",
                        product=link.display_name,
                    )
                )
            elif sheet._has_file():
                problem = self._itscope_choose_sheet(line, sheet.document_id)
                done += not problem
                if problem:
                    problems.append(f"{link.display_name}: {problem}")
            elif sheet.state == "waiting":
                waiting += 1
                if sheet.message:
                    problems.append(f"{link.display_name}: {sheet.message}")
            else:
                problems.append(f"{link.display_name}: {sheet.message or ''}")
        self.itscope_datasheet_user_id = self.env.user if waiting else False
        parts = []
        if done:
            parts.append(self.env._("Data sheets in the PDF: %s.", done))
        if waiting:
            parts.append(
                self.env._(
                    "%s more are fetched in the background; you will be told.", waiting
                )
            )
        if not links:
            problems.append(self.env._("No product here is linked to ITscope."))
        return "\n".join(parts + problems), not waiting and not problems

    def _itscope_choose_sheet(self, line, document):
        """Let a line's PDF hold this document; :return: why that is impossible"""
        if document.attached_on_sale != "inside":
            try:
                with self.env.cr.savepoint():
                    document.attached_on_sale = "inside"
                    document.flush_recordset()
            except ValidationError as error:
                return error.args[0]
            except OperationalError:
                # Another transaction came first: this one is tried again as a whole.
                raise
            except Exception as error:
                # A PDF that Odoo's reader can't open ends in many kinds of errors.
                _logger.info("Data sheet %s: %r", document.display_name, error)
                return self.env._("The data sheet can't be read.")
        line.product_document_ids |= document.with_env(line.env)
        return ""

    @api.model
    def _itscope_finish_datasheets(self):
        """Scheduled action: data sheets that quotations waited for have come."""
        done = 0
        # Those that still wait must not keep the ones behind them from their turn.
        for order in self.search([("itscope_datasheet_user_id", "!=", False)]):
            if done == TURN:
                break
            try:
                with self.env.cr.savepoint():
                    done += order._itscope_finish_sheets()
            except OperationalError:
                raise
            except Exception:
                # It is tried again at the next turn, after which others had theirs.
                _logger.exception("Data sheets of %s", order.display_name)

    def _itscope_finish_sheets(self):
        """:return: whether this quotation waits no more"""
        self.ensure_one()
        user = self.itscope_datasheet_user_id
        if self.state not in ("draft", "sent"):
            self.itscope_datasheet_user_id = False
            return True
        if any(s.state == "waiting" for s in self._itscope_sheets()):
            return False
        own = self.with_context(lang=user.lang).with_company(self.company_id)
        message, complete = own._itscope_put_sheets()
        self.itscope_datasheet_user_id = False
        self.message_post(body=message)
        user._bus_send(
            "simple_notification",
            {
                "type": "success" if complete else "warning",
                "title": self.display_name,
                "message": message,
                "sticky": True,
            },
        )
        return True
