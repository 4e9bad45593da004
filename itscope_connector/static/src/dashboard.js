import {Component} from "@odoo/owl";
import {deserializeDateTime, formatDateTime} from "@web/core/l10n/dates";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {formatInteger} from "@web/views/fields/formatters";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

/** What the states of runs look like; each comes with its word, too. */
const RUNS = {
    done: "fa-check-circle text-success",
    failed: "fa-times-circle text-danger",
    cancelled: "fa-ban text-muted",
    undone: "fa-undo text-muted",
};
const CONNECTION = {
    connected: "fa-check-circle text-success",
    error: "fa-times-circle text-danger",
    new: "fa-question-circle text-muted",
};
const LEVELS = {
    danger: "fa-exclamation-circle text-danger",
    warning: "fa-exclamation-triangle text-warning",
    info: "fa-clock-o text-info",
};
/** Share of the quota from which on it is shown as nearly used up. */
const NEARLY = 0.9;

/** An account's card on the app's first page: what waits, what goes on, how it stands
 *  with ITscope. All numbers come with the record; each one opens what it counts. */
export class ItscopeDashboard extends Component {
    static template = "itscope_connector.Dashboard";
    static props = {...standardFieldProps};

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.runIcons = RUNS;
        this.connectionIcons = CONNECTION;
        this.levelIcons = LEVELS;
    }

    get data() {
        return this.props.record.data[this.props.name];
    }

    get quotaShare() {
        const {calls_quota, calls_used} = this.data.connection;
        return calls_quota ? Math.min(calls_used / calls_quota, 1) : 0;
    }

    get quotaNearlyUsed() {
        return this.quotaShare >= NEARLY;
    }

    number(value) {
        return formatInteger(value);
    }

    moment(value) {
        return formatDateTime(deserializeDateTime(value));
    }

    ago(value) {
        return deserializeDateTime(value).toRelative();
    }

    async openList(key) {
        const action = await this.orm.call("itscope.account", "action_open_waiting", [
            [this.props.record.resId],
            key,
        ]);
        await this.action.doAction(action);
    }

    openRun(id) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "itscope.sync",
            res_id: id,
            views: [[false, "form"]],
        });
    }

    openRuns() {
        return this.action.doAction("itscope_connector.itscope_sync_action");
    }
}

registry.category("fields").add("itscope_dashboard", {
    component: ItscopeDashboard,
    supportedTypes: ["json"],
});
