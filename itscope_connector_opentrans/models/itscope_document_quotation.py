from contextlib import nullcontext

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.itscope_connector.itscope_api import ItscopeError
from odoo.addons.itscope_connector.tools import commit, naive, write_changed


class ItscopeDocument(models.Model):
    """QUOTATIONs: each quote becomes one quotation, whose documents are its versions.

    They are about no purchase order. One of ITscope's comes with its quote; another one
    finds the quote, and the quotation, by its number, if it names the same customer and
    was brought by somebody who may change what it would change.
    """

    _inherit = "itscope.document"

    quote_id = fields.Many2one(
        "itscope.quote",
        string="ITscope quote",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        check_company=True,
    )
    sale_order_id = fields.Many2one(
        "sale.order",
        string="Quotation",
        readonly=True,
        copy=False,
        index="btree_not_null",
        check_company=True,
        help="What it became, or what it is another version of.",
    )

    def _is_quotation(self):
        return self.type == "QUOTATION" and self.direction == "in"

    # ------------------------------------------------------------------ storing

    @api.model
    def _store_quotation(self, quote, content):
        """Keep the document of a quote as it is now; the same content again only
        renews its time."""
        document = self._store_upload(quote.company_id, content, "itscope")
        before, now = document.last_update, quote.last_modified
        if before and now and before < now and document.state == "replaced":
            # The quote is again what it was: this version counts once more.
            document.write({"results": False, "state": "new"})
        write_changed(
            document,
            {
                "quote_id": quote.id,
                "transaction_id": quote.transaction_id,
                "last_update": now or before,
            },
        )
        document._assign()
        return document

    def _read_head(self):
        result = super()._read_head()
        if self._is_quotation() and (content := self._read()):
            # The quote's date stays when the quote changes.
            buyer = content.party("buyer")
            self.write(
                {
                    "document_date": naive(content.generated or content.date),
                    "supplier_name": buyer.address.name if buyer else False,
                }
            )
        return result

    def _assign(self):
        quotations = self.filtered(lambda document: document._is_quotation())
        for document in quotations:
            if document.state != "ignored" and document.content_hash:
                document._assign_quotation()
        return super(ItscopeDocument, self - quotations)._assign()

    def _assign_quotation(self, asked=False):
        """:param asked: this user wants it to be a quotation, or its next version
        :return: whether there is a doubt: it has the number of what it may not change
        """
        if self._read() is None:
            return False
        own = [("company_id", "=", self.company_id.id), ("number", "=", self.number)]
        order = self.sale_order_id or self.quote_id.sale_order_id
        doubt = False
        if self.number and not order:
            quote = self.quote_id or self.env["itscope.quote"].search(own)
            versions = self.search(
                [*own, ("type", "=", "QUOTATION"), ("sale_order_id", "!=", False)]
            )
            orders = versions.sale_order_id | quote.sale_order_id
            # Of two with one number nobody knows which it is.
            quote = quote if len(quote) == 1 else quote.browse()
            orders = orders if len(orders) == 1 else order
            if not self.quote_id and (quote or orders):
                names = {*versions.mapped("supplier_name"), quote.organisation}
                doubt = not self._may_be_of(quote, orders, names - {False}, asked)
            if not doubt:
                self.quote_id = quote
                order = orders
            elif orders:
                doubt = self.env._(
                    "It has the number of the quotation %s. It was not taken over as "
                    "its next version: it came by e-mail, from somebody who may not "
                    "change that quotation, or it names another customer. Check it, "
                    "then press “Create quotation”.",
                    orders.name,
                )
            else:
                # Nothing is there yet that it could change.
                doubt = False
        self._set_quotation(order, doubt)
        return bool(doubt)

    def _may_be_of(self, quote, order, names, asked):
        """Whether this may become a version of what has its number.

        :param names: the customers that are named there
        """
        normal = self.env["itscope.supplier"]._normal_name
        if names and normal(self.supplier_name) not in map(normal, names):
            return False
        user = self.env.user if asked else self.env["res.users"]
        if not asked and self.source == "upload":
            user = self.create_uid
        if not user:
            return False
        record = (order or quote).with_user(user).with_company(self.company_id)
        return record.has_access("write" if order else "read")

    def _set_quotation(self, order, doubt=False):
        """:param doubt: why there is none"""
        self.ensure_one()
        if self.state == "replaced" and self.sale_order_id == order:
            return
        if self.sale_order_id != order:
            self.sale_order_id = order
        if order and self.quote_id and not self.quote_id.sale_order_id:
            self.quote_id.sale_order_id = order
        if not order:
            results = {"": {"attention": [doubt]} if doubt else {}}
            if results != (self.results or {}):
                self.results = results
        self._update_state()

    # ------------------------------------------------------------------ results

    def _targets(self):
        return self.sale_order_id if self._is_quotation() else super()._targets()

    def _waiting_summary(self):
        if self._is_quotation():
            return self.env._("ITscope: a quote waits to become a quotation")
        return super()._waiting_summary()

    def _apply_imported(self):
        result = super()._apply_imported()
        for order in self.sale_order_id:
            order._itscope_apply_documents()
        return result

    @api.model
    def _import_mailed(self, company, files):
        told = super()._import_mailed(company, files)
        # sudo: the mail gateway is nobody.
        account = self.env["itscope.account"].sudo()._of_company(company)
        if account.platform_quotes == "draft":
            documents = self.sudo().union(*(document for _name, document, _why in told))
            documents._make_quotations(account.responsible_id, asked=False)
        return told

    def _apply_now(self):
        result = super()._apply_now()
        self.sale_order_id._itscope_apply_now()
        return result

    def action_ignore(self):
        result = super().action_ignore()
        # sudo: see action_apply_again.
        self.sudo().sale_order_id._itscope_apply_now()
        return result

    # ------------------------------------------------------------------ quotations

    def _make_quotations(self, user=None, asked=True):
        """Those of these documents that are quotations become one, or another version
        of the one that is there.

        :param user: who is responsible for new ones
        :param asked: see :meth:`_assign_quotation`
        """
        for document in self.filtered(lambda document: document._is_quotation()):
            account = document.quote_id.account_id or self.env[
                "itscope.account"
            ]._of_company(document.company_id)
            try:
                with account._open_client() if account else nullcontext() as client:
                    document._make_quotation(client, account, user=user, asked=asked)
            except ItscopeError:
                # Products that are missing come later; what is there does for a draft.
                document._make_quotation(None, account, user=user, asked=asked)

    def _make_quotation(
        self, client, account, partner=None, user=None, new=False, asked=False
    ):
        """See :meth:`_make_quotations`.

        :param client: asked for products that are missing; or None
        :param partner: the customer, where a person has chosen
        :param new: a person said that the customer is a new one
        :return: False where another worker is at it
        """
        self.ensure_one()
        content = self._read()
        if content is None or self.state == "ignored":
            return True
        importer = self.env["itscope.quotation.import"]
        if client:
            importer._fetch_missing(client, account, content.lines)
        # What was fetched is kept; the next lock has to see what others did.
        commit(self.env)
        quote = self.quote_id
        if not self.try_lock_for_update() or (
            quote and not quote.try_lock_for_update()
        ):
            return False
        self.invalidate_recordset()
        doubt = self._assign_quotation(asked)
        chosen = new or partner
        if doubt and not chosen:
            return True
        if not self.sale_order_id:
            try:
                with self.env.cr.savepoint():
                    order = importer._create(self, content, account, partner, user, new)
            except UserError as error:
                self._set_quotation(self.sale_order_id, str(error))
                return True
            self._set_quotation(order)
        applied = self.sale_order_id._itscope_apply_documents()
        commit(self.env)
        return applied

    def action_create_quotation(self):
        """Make these documents quotations now."""
        self._check_may_quote()
        # sudo: documents are applied by the connector, whoever asks for it.
        self.sudo()._make_quotations(self.env.user)
        if len(self) == 1 and self._is_quotation() and not self.sale_order_id:
            return self.env["itscope.quotation.customer.choice"]._open_for(self)
        orders = self.sale_order_id
        return orders._get_records_action(name=self.env._("Quotations"))

    def _check_may_quote(self):
        self.check_access("read")
        # Who may not write quotations in Odoo may not do it here either.
        self.env["sale.order"].check_access("create")
