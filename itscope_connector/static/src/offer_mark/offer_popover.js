import {Component, useState} from "@odoo/owl";
import {ConfirmationDialog} from "@web/core/confirmation_dialog/confirmation_dialog";
import {RPCError} from "@web/core/network/rpc";
import {_t} from "@web/core/l10n/translation";
import {deserializeDateTime} from "@web/core/l10n/dates";
import {useService} from "@web/core/utils/hooks";
import {describe} from "./offer_words";

/** The offers of a line's product, to choose from. */
export class OfferPopover extends Component {
    static template = "itscope_connector.OfferPopover";
    static props = {
        page: Object,
        record: Object,
        call: Function,
        draft: Function,
        onFresh: Function,
        close: Function,
    };

    setup() {
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.state = useState({page: this.props.page, busy: false, said: null});
    }

    get page() {
        return this.state.page;
    }

    get summary() {
        return describe(this.page.mark).join(", ");
    }

    get refreshed() {
        return this.page.refreshed && _t("refreshed %s", this.page.refreshed);
    }

    day(date) {
        return _t("on %s", date);
    }

    more(projects) {
        return _t("%s projects", projects.length);
    }

    get hasProjects() {
        return this.page.offers.some((offer) => offer.projects.length);
    }

    /** Do something; what Odoo refuses, and why ITscope did not answer, is told here. */
    async attempt(act) {
        if (this.state.busy) {
            return;
        }
        this.state.busy = true;
        this.state.said = null;
        try {
            await act();
        } catch (error) {
            const name = error instanceof RPCError && error.exceptionName;
            if (!name || !name.startsWith("odoo.exceptions.")) {
                throw error;
            }
            this.state.said = {text: error.data.message, kind: "alert-warning"};
        } finally {
            this.state.busy = false;
        }
    }

    refresh(live) {
        return this.attempt(async () => {
            const page = await this.props.call(
                "itscope_refresh_offers",
                this.props.draft(),
                live
            );
            this.state.page = page;
            this.state.said = {text: page.message, kind: "alert-info"};
            this.props.onFresh(page.mark);
        });
    }

    choose(offer) {
        if (offer.elsewhere && this.props.record.resId) {
            return this.askToMove(offer);
        }
        return this.attempt(async () => {
            const {vendor, ...values} = await this.props.call(
                "itscope_choice",
                this.props.draft(),
                offer.id
            );
            if (vendor) {
                await this.props.record._parentRecord.update({partner_id: vendor});
            }
            await this.props.record.update(this.known(values));
            this.props.close();
        });
    }

    /** The values of fields that this screen has, as the client keeps them. */
    known(values) {
        const {activeFields, fields} = this.props.record;
        return Object.fromEntries(
            Object.entries(values)
                .filter(([name]) => name in activeFields)
                .map(([name, value]) => [
                    name,
                    fields[name].type === "datetime" && value
                        ? deserializeDateTime(value)
                        : value,
                ])
        );
    }

    askToMove(offer) {
        const {vendor, order} = offer.elsewhere;
        this.dialog.add(ConfirmationDialog, {
            title: _t("Buy from another supplier"),
            body: order
                ? _t("Move this line to %(order)s, the open order of %(vendor)s?", {
                      order,
                      vendor,
                  })
                : _t("Move this line to a new request for quotation to %s?", vendor),
            confirmLabel: _t("Move the line"),
            confirm: () => this.attempt(() => this.move(offer)),
            cancel: () => {},
        });
    }

    async move(offer) {
        const {record, call} = this.props;
        const root = record.model.root;
        if (!(await root.save())) {
            return;
        }
        const order = await call("itscope_choose_elsewhere", offer.id);
        this.props.close();
        await root.load();
        this.notification.add(_t("The line is in %s now.", order.name), {
            type: "success",
            buttons: [
                {
                    name: _t("Open the order"),
                    primary: true,
                    onClick: () =>
                        this.action.doAction({
                            type: "ir.actions.act_window",
                            res_model: root.resModel,
                            res_id: order.id,
                            views: [[false, "form"]],
                        }),
                },
            ],
        });
    }

    link() {
        this.props.close();
        return this.action.doActionButton({
            type: "object",
            name: "action_itscope_link",
            resModel: "product.product",
            resId: this.page.product_id,
            resIds: [this.page.product_id],
            onClose: () => this.props.record.model.root.load(),
        });
    }
}
