-- A copied database can neither send what waits nor look for what is unknown.
UPDATE itscope_deal
   SET send_state = 'withdrawn',
       next_look = NULL
 WHERE send_state = 'to_send';

UPDATE itscope_deal
   SET send_state = 'unknown',
       was_unknown = TRUE
 WHERE send_state = 'sending';

UPDATE itscope_deal
   SET next_look = NULL
 WHERE send_state = 'unknown';

UPDATE ir_cron
   SET active = FALSE
 WHERE id IN (
       SELECT res_id
         FROM ir_model_data
        WHERE module = 'itscope_connector_opentrans'
          AND model = 'ir.cron');
