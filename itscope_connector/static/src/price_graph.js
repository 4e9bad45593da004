import {GraphModel} from "@web/views/graph/graph_model";
import {graphView} from "@web/views/graph/graph_view";
import {registry} from "@web/core/registry";

/**
 * A price of 0 is unknown, never free: the line has a gap there, where Odoo's own falls
 * to the ground. So it is before a supplier is followed, and after it has ended.
 */
export class PriceGraphModel extends GraphModel {
    _getData() {
        const data = super._getData(...arguments);
        const {measure, fields, mode} = this.metaData;
        if (mode === "line" && fields[measure]?.type === "float") {
            for (const dataset of data.datasets) {
                dataset.data = dataset.data.map((value) => value || null);
            }
        }
        return data;
    }
}

registry.category("views").add("itscope_price_graph", {
    ...graphView,
    Model: PriceGraphModel,
});
