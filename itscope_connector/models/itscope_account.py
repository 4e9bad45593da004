import logging
from contextlib import contextmanager
from urllib.parse import urlsplit

from odoo import api, fields, models, release
from odoo.exceptions import UserError, ValidationError

from ..explanations import DEFAULT_BASE_URL, explain
from ..itscope_api import (
    AddressError,
    Client,
    ContractError,
    CredentialsError,
    ItscopeError,
    Settings,
)
from ..tools import notification

_logger = logging.getLogger(__name__)

#: The supplier that ITscope keeps for trying things out; all that test mode may order
#: from.
TEST_SUPPLIER = "10000735"


class ItscopeAccount(models.Model):
    _name = "itscope.account"
    _description = "ITscope account"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _check_company_auto = True
    _order = "company_id, sequence, id"

    name = fields.Char(required=True, default=lambda self: self._default_name())
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        index=True,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Only for user",
        help="Jobs that this user starts use this account. Leave empty for the "
        "company's account.",
    )
    responsible_id = fields.Many2one(
        "res.users",
        default=lambda self: self.env.user,
        help="Gets an activity when something needs a decision.",
    )
    account_code = fields.Char(
        string="Account ID",
        required=True,
        help="The account id from the ITscope employee profile: m and digits.",
    )
    api_key = fields.Char(
        string="API Key",
        copy=False,
        groups="itscope_connector.group_manager",
        help="From the ITscope employee profile. A new key makes the old one invalid.",
    )
    base_url = fields.Char(string="Address", required=True, default=DEFAULT_BASE_URL)
    language = fields.Selection(
        [
            ("de", "German"),
            ("en", "English"),
            ("fr", "French"),
            ("nl", "Dutch"),
            ("it", "Italian"),
            ("es", "Spanish"),
        ],
        string="Language of texts",
        required=True,
        default="de",
    )
    output_format = fields.Selection(
        [("json", "JSON"), ("xml", "XML")], required=True, default="json"
    )
    timeout = fields.Integer(
        default=60, help="Seconds to wait for an answer of ITscope."
    )
    test_mode = fields.Boolean(
        help="Orders go to ITscope's test supplier only; every other order is refused."
    )
    default_categ_id = fields.Many2one(
        "product.category",
        string="Category of new products",
        help="For product types that are not mapped to a category.",
    )
    state = fields.Selection(
        [
            ("new", "Not tested"),
            ("connected", "Connected"),
            ("error", "Not connected"),
        ],
        string="Connection",
        default="new",
        readonly=True,
        copy=False,
        tracking=True,
    )
    state_message = fields.Text(string="Last answer", readonly=True, copy=False)
    state_date = fields.Datetime(string="Last tested", readonly=True, copy=False)
    order_access = fields.Boolean(
        string="May order", readonly=True, copy=False, help="As the quota answer says."
    )
    metadata_date = fields.Datetime(
        string="Metadata synchronised", readonly=True, copy=False
    )
    deals_date = fields.Datetime(
        string="Order news fetched",
        readonly=True,
        copy=False,
        help="News up to this moment is known; the next request asks for what came "
        "after.",
    )

    quotes_date = fields.Datetime(
        string="Quotes fetched",
        readonly=True,
        copy=False,
        help="When the quotes of the platform were read last.",
    )

    _account_uniq = models.UniqueIndex(
        "(company_id, COALESCE(user_id, 0)) WHERE active",
        "There is one active ITscope account for each company, and one for each of "
        "its users.",
    )

    @api.model
    def _default_name(self):
        return self.env._("ITscope %s", self.env.company.name)

    @api.constrains("base_url", "account_code", "timeout")
    def _check_connection_settings(self):
        for account in self:
            try:
                account._settings()
            except AddressError as error:
                raise ValidationError(
                    self.env._(
                        "The address of %(name)s can't be used: it must begin with "
                        "https:// and hold host and path only, as %(default)s does.",
                        name=account.name,
                        default=DEFAULT_BASE_URL,
                    )
                ) from error

    @api.onchange("account_code", "api_key", "base_url")
    def _onchange_connection(self):
        self.state = "new"

    # -------------------------------------------------------------- finding the account

    @api.model
    def _for_job(self, company=None):
        """The account for a job: the user's own, else the company's; raises if none."""
        company = company or self.env.company
        account = self._of_user(company, self.env.uid)
        if not account:
            raise UserError(
                self.env._(
                    "%(company)s has no ITscope account yet. Create one under "
                    "ITscope → Configuration → Accounts.",
                    company=company.name,
                )
            )
        return account

    @api.model
    def _of_user(self, company, user_id):
        """The account that this user's jobs use in a company; empty where there is
        none."""
        return self.search(
            [("company_id", "=", company.id), ("user_id", "in", [user_id, False])],
            order="user_id NULLS LAST, sequence, id",
            limit=1,
        )

    @api.model
    def _companies_in_test_mode(self, companies):
        """Those with an account in test mode; for the ribbon on their screens."""
        # sudo: everybody may know that nothing real is ordered.
        accounts = self.sudo().search(
            [("company_id", "in", companies.ids), ("test_mode", "=", True)]
        )
        return accounts.company_id

    # --------------------------------------------------------------- talking to ITscope

    def _host(self):
        return urlsplit(self.base_url or "").netloc.lower()

    def _settings(self):
        self.ensure_one()
        # sudo: the key is readable by managers only, yet every user's job needs it to
        # sign requests; it goes into the client, whose repr and errors never show it.
        key = self.sudo().api_key or ""
        return Settings(
            base_url=self.base_url or "",
            account_id=self.account_code or "",
            api_key=key,
            user_agent=f"OdooITscope-OdooConnector-{release.major_version}",
            language=self.language,
            format=self.output_format,
            read_timeout=max(self.timeout, 1),
        )

    def _open_client(self):
        """A client that raises the core's own errors; close it after use."""
        self.ensure_one()
        if not self.sudo().api_key:  # see _settings
            raise CredentialsError(self.env._("The API key is missing."))
        limiter = self.env["itscope.request.budget"]._limiter(self._host())
        return Client(self._settings(), limiter)

    @contextmanager
    def _client(self):
        """A client for something a user started: errors become messages for this
        user.
        """
        try:
            with self._open_client() as client:
                yield client
        except ItscopeError as error:
            _logger.info("ITscope account %s: %r", self.id, error)
            raise UserError(self._explain(error)) from error

    def _explain(self, error):
        """What happened and what to do next, in the user's language."""
        return explain(self.env, error, self.base_url or "")

    def _note_failure(self, error):
        """Tell the responsible user once; later failures of the same kind only refresh
        it.
        """
        self.ensure_one()
        message = self._explain(error)
        values = {"state_message": message, "state_date": fields.Datetime.now()}
        if error.needs_person:
            values["state"] = "error"
        self.write(values)
        if error.needs_person and not self._failure_activities():
            self.activity_schedule(
                "mail.mail_activity_data_warning",
                summary=self.env._("ITscope: connection fails"),
                note=message,
                user_id=(self.responsible_id or self.env.user).id,
            )

    def _note_success(self):
        """The cause is gone: close what :meth:`_note_failure` opened."""
        self.ensure_one()
        if self.state == "error":
            self.write(
                {
                    "state": "connected",
                    "state_message": self.env._("Connected again."),
                    "state_date": fields.Datetime.now(),
                }
            )
        activities = self._failure_activities()
        if activities:
            activities.action_feedback(feedback=self.env._("Connected again."))

    def _failure_activities(self):
        warning = self.env.ref("mail.mail_activity_data_warning")
        return self.activity_ids.filtered(lambda a: a.activity_type_id == warning)

    # ------------------------------------------------------------------ buttons

    def action_test_connection(self):
        """Ask for the quota and say what the account may do, or what is wrong."""
        self.ensure_one()
        try:
            with self._open_client() as client:
                quota = client.quota()
            if not quota.api_access:
                raise ContractError(self.env._("The account has no API access."))
        except ItscopeError as error:
            _logger.info("ITscope account %s: %r", self.id, error)
            message = self._explain(error)
            self.write({"state": "error"})
            kind, title = "danger", self.env._("Not connected")
        else:
            message = "\n".join(f"{name}: {value}" for name, value in quota.lines)
            self._note_quota(quota)
            self.write({"state": "connected"})
            self._note_success()
            kind, title = "success", self.env._("Connected")
        self.write({"state_message": message, "state_date": fields.Datetime.now()})
        return notification(message, kind, title=title, sticky=kind == "danger")
