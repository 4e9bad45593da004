import {
    Component,
    onWillStart,
    onWillUpdateProps,
    useEffect,
    useState,
} from "@odoo/owl";
import {ListController} from "@web/views/list/list_controller";
import {ListRenderer} from "@web/views/list/list_renderer";
import {listView} from "@web/views/list/list_view";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";

/**
 * Above the basket of needs: what each supplier's part comes to, and what it lacks to
 * the supplier's minimum order and to free carriage.
 */
export class NeedSuppliers extends Component {
    static template = "itscope_connector.NeedSuppliers";
    static props = {list: Object};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({cards: [], busy: false});
        onWillStart(() => this.load());
        onWillUpdateProps(() => this.load());
    }

    async load() {
        this.state.cards = await this.orm.call("itscope.need", "read_supplier_cards");
    }

    /** Show the needs of one supplier only. */
    show(card) {
        const search = this.env.searchModel;
        const domain = [
            ["supplier_id", "=", card.supplierId],
            ["company_id", "=", card.companyId],
        ];
        search.createNewFilters([{description: card.name, domain, invisible: "True"}]);
    }

    async order(card) {
        this.state.busy = true;
        try {
            const action = await this.orm.call(
                "itscope.need",
                "action_order_supplier",
                [card.companyId, card.supplierId]
            );
            await this.action.doAction(action);
        } finally {
            this.state.busy = false;
        }
    }
}

export class NeedListRenderer extends ListRenderer {
    static template = "itscope_connector.NeedListRenderer";
    static components = {...ListRenderer.components, NeedSuppliers};
}

/** A line with another supplier moves to its group, and both cards change. */
export class NeedListController extends ListController {
    setup() {
        super.setup();
        this.saved = false;
        useEffect(() => {
            // Not while the next line is being edited.
            if (this.saved && !this.model.root.editedRecord) {
                this.saved = false;
                this.model.load();
            }
        });
    }

    async onRecordSaved(record) {
        await super.onRecordSaved(record);
        this.saved = true;
    }
}

registry.category("views").add("itscope_need_list", {
    ...listView,
    Controller: NeedListController,
    Renderer: NeedListRenderer,
});
