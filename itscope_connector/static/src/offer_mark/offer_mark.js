import {Component, toRaw, useState} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {usePopover} from "@web/core/popover/popover_hook";
import {useService} from "@web/core/utils/hooks";
import {OfferPopover} from "./offer_popover";
import {CHANGES, STATES, describe} from "./offer_words";

/** What the suppliers have of a line's product; opened, their offers. */
export class OfferMark extends Component {
    static template = "itscope_connector.OfferMark";
    static props = {...standardFieldProps};

    setup() {
        this.orm = useService("orm");
        // Newer than the record's, after a refresh in the popover.
        this.state = useState({mark: null, productId: false});
        // The record's mark that it stands for: a newer one of the record counts.
        this.outdated = null;
        this.popover = usePopover(OfferPopover, {
            position: "bottom",
            popoverClass: "o_itscope_offers",
        });
    }

    get productId() {
        return this.props.record.data.product_id?.id || false;
    }

    get mark() {
        const mark = this.recordMark;
        if (
            this.state.mark &&
            this.state.productId === this.productId &&
            this.outdated === toRaw(mark)
        ) {
            return this.state.mark;
        }
        return mark;
    }

    get recordMark() {
        return this.props.record.data[this.props.name];
    }

    get look() {
        return STATES[this.mark.state];
    }

    get change() {
        return CHANGES[this.mark.change];
    }

    get text() {
        return this.look.text(this.mark.stock);
    }

    get title() {
        const parts = describe(this.mark);
        if (this.change) {
            parts.push(this.change.title());
        }
        return parts.join("\n");
    }

    /** The line as the form has it: it may not be saved. */
    draft() {
        const line = this.props.record.evalContext;
        const order = line.parent || {};
        const draft = {
            product_id: this.productId,
            quantity: line.product_uom_qty ?? line.product_qty,
            offer_id: line.itscope_offer_id,
            order_id: order.id || false,
        };
        // Not every user sees the unit, nor every screen all of the order.
        for (const [key, value] of [
            ["uom_id", line.product_uom_id],
            ["tax_ids", line.tax_ids],
            ["partner_id", order.partner_id],
            ["currency_id", order.currency_id],
            ["itscope_supplier_id", order.itscope_supplier_id],
        ]) {
            if (value !== undefined) {
                draft[key] = value;
            }
        }
        if (order.company_id) {
            draft.company_id = order.company_id;
        }
        return draft;
    }

    call(method, ...args) {
        const {resModel, resId} = this.props.record;
        return this.orm.call(resModel, method, [resId ? [resId] : [], ...args]);
    }

    async open(ev) {
        const target = ev.currentTarget;
        const page = await this.call("itscope_offers", this.draft());
        this.popover.open(target, {
            page,
            record: this.props.record,
            call: (method, ...args) => this.call(method, ...args),
            draft: () => this.draft(),
            onFresh: (mark) => {
                this.outdated = toRaw(this.recordMark);
                this.state.mark = mark;
                this.state.productId = this.productId;
            },
        });
    }
}

export const offerMark = {
    component: OfferMark,
    supportedTypes: ["json"],
    fieldDependencies: [
        {name: "product_id", type: "many2one"},
        {name: "itscope_offer_id", type: "many2one"},
        {name: "tax_ids", type: "many2many"},
    ],
};

registry.category("fields").add("itscope_offer_mark", offerMark);
