import {GraphModel} from "@web/views/graph/graph_model";
import {GraphRenderer} from "@web/views/graph/graph_renderer";
import {graphView} from "@web/views/graph/graph_view";
import {registry} from "@web/core/registry";

/** Whether prices are shown as lines: amounts are decimal, counts are not. */
function showsPrices({mode, fields, measure}) {
    return mode === "line" && fields[measure]?.type === "float";
}

/**
 * A price of 0 is unknown, never free: the line has a gap there, where Odoo's own falls
 * to the ground. So it is before a supplier is followed, and after it has ended.
 */
export class PriceGraphModel extends GraphModel {
    _getData() {
        const data = super._getData(...arguments);
        if (showsPrices(this.metaData)) {
            for (const dataset of data.datasets) {
                dataset.data = dataset.data.map((value) => value || null);
            }
        }
        return data;
    }
}

/** Prices differ by little: their axis does not begin at 0. */
export class PriceGraphRenderer extends GraphRenderer {
    getScaleOptions() {
        const options = super.getScaleOptions();
        const {metaData} = this.model;
        if (showsPrices(metaData) && !metaData.stacked) {
            Object.assign(options.y, {
                beginAtZero: false,
                suggestedMin: undefined,
                suggestedMax: undefined,
                grace: "10%",
            });
        }
        return options;
    }
}

registry.category("views").add("itscope_price_graph", {
    ...graphView,
    Model: PriceGraphModel,
    Renderer: PriceGraphRenderer,
});
