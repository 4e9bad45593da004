import {FileUploadListController} from "@account/views/file_upload_list/file_upload_list_controller";
import {FileUploadListRenderer} from "@account/views/file_upload_list/file_upload_list_renderer";
import {fileUploadListView} from "@account/views/file_upload_list/file_upload_list_view";
import {_t} from "@web/core/l10n/translation";
import {onWillStart} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {user} from "@web/core/user";

/** The list of documents: files are imported by a button, or dropped on it. */
export class DocumentListController extends FileUploadListController {
    setup() {
        super.setup();
        onWillStart(async () => {
            this.mayImport = await user.hasGroup("itscope_connector.group_user");
        });
    }
}

export class DocumentListRenderer extends FileUploadListRenderer {
    setup() {
        super.setup();
        this.dropZoneTitle = _t("Drop openTRANS documents here");
        this.dropZoneDescription = _t(
            "Order responses, dispatch notifications and invoices of any supplier"
        );
    }
}

registry.category("views").add("itscope_document_list", {
    ...fileUploadListView,
    Controller: DocumentListController,
    Renderer: DocumentListRenderer,
    buttonTemplate: "itscope_connector_opentrans.DocumentListButtons",
});
