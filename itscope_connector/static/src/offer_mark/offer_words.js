import {_t} from "@web/core/l10n/translation";

/** Icon, colour and words: none of them alone. */
export const STATES = {
    stock: {icon: "fa-check-circle", color: "text-success", text: (n) => `${n}`},
    short: {
        icon: "fa-exclamation-circle",
        color: "text-warning",
        text: (n) => _t("only %s", n),
    },
    incoming: {icon: "fa-truck", color: "text-info", text: () => _t("incoming")},
    none: {
        icon: "fa-times-circle",
        color: "text-danger",
        text: () => _t("not in stock"),
    },
    unknown: {
        icon: "fa-question-circle",
        color: "text-muted",
        text: () => _t("stock unknown"),
    },
    gone: {
        icon: "fa-ban",
        color: "text-danger",
        text: () => _t("no longer offered"),
    },
    unlinked: {
        icon: "fa-chain-broken",
        color: "text-muted",
        text: () => _t("not linked"),
    },
};

export const CHANGES = {
    up: {
        icon: "fa-arrow-up text-danger",
        title: () => _t("The chosen offer's price rose since."),
    },
    down: {
        icon: "fa-arrow-down text-success",
        title: () => _t("The chosen offer's price fell since."),
    },
    ended: {
        icon: "fa-ban text-danger",
        title: () => _t("The chosen offer has ended."),
    },
};

/** What a mark says, in parts: stock, best price, date and age. */
export function describe({state, stock, suppliers, price, date, age}) {
    if (state === "unlinked") {
        return [_t("This product is not linked to ITscope.")];
    }
    const parts = [
        _t("%(stock)s in stock, %(suppliers)s suppliers", {stock, suppliers}),
    ];
    if (price) {
        parts.push(_t("best price %s", price));
    }
    if (date) {
        parts.push(_t("of %(date)s (%(age)s)", {date, age}));
    }
    return parts;
}
