def migrate(cr, version):
    """Documents belong to purchase orders by a relation of their own."""
    # Before any of it is in the ORM's cache; they are applied once more, without harm.
    cr.execute(
        """INSERT INTO itscope_document_order_rel (document_id, order_id)
           SELECT d.id, deal.purchase_order_id
             FROM itscope_document d JOIN itscope_deal deal ON deal.id = d.deal_id
            WHERE deal.purchase_order_id IS NOT NULL
               ON CONFLICT DO NOTHING"""
    )
