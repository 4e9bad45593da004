-- A copied database can neither order at ITscope nor ask it for anything.
UPDATE itscope_account
   SET api_key = NULL,
       state = 'new',
       test_mode = TRUE;

UPDATE ir_cron
   SET active = FALSE
 WHERE id IN (
       SELECT res_id
         FROM ir_model_data
        WHERE module = 'itscope_connector'
          AND model = 'ir.cron');
