"""Run inside Odoo's shell: makes the main company a German systems house.

Before accounting is installed, so that Odoo chooses the German chart of accounts.
"""

env = globals()["env"]
company = env.ref("base.main_company")
germany = env.ref("base.de")
euro = env.ref("base.EUR")
euro.active = True
company.partner_id.write(
    {
        "name": "Muster Systemhaus GmbH",
        "street": "Kaiserstraße 12",
        "street2": False,
        "zip": "76133",
        "city": "Karlsruhe",
        "state_id": False,
        "country_id": germany.id,
        "phone": "+49 721 9876540",
        "email": "einkauf@muster-systemhaus.example",
        "website": "https://www.muster-systemhaus.example",
    }
)
company.write({"name": "Muster Systemhaus GmbH", "currency_id": euro.id})
admin = env.ref("base.user_admin")
admin.partner_id.write(
    {"phone": "+49 721 9876541", "email": "admin@muster-systemhaus.example"}
)
# Modules that are installed later bring their German by themselves.
env["res.lang"]._activate_lang("de_DE")
env.cr.commit()
