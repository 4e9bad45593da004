import {Component, onWillDestroy, useEffect} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";

/** Milliseconds between two looks. */
const PAUSE = 2000;

/**
 * Reads the record of a form again while it says that something is going on: progress
 * moves while you look. Stops by itself, and while the page is hidden or being edited.
 */
export class LiveRefresh extends Component {
    static template = "itscope_connector.LiveRefresh";
    static props = {...standardWidgetProps, field: String, values: Array};

    setup() {
        this.timer = null;
        useEffect(
            (live) => {
                if (live) {
                    this.timer = setInterval(() => this.look(), PAUSE);
                }
                return () => clearInterval(this.timer);
            },
            () => [this.live]
        );
        onWillDestroy(() => clearInterval(this.timer));
    }

    get live() {
        return this.props.values.includes(this.props.record.data[this.props.field]);
    }

    async look() {
        const record = this.props.record;
        if (!document.hidden && record.resId && !(await record.isDirty())) {
            await record.load();
        }
    }
}

registry.category("view_widgets").add("itscope_live_refresh", {
    component: LiveRefresh,
    extractProps: ({options}) => ({field: options.field, values: options.values}),
});
