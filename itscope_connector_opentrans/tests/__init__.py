from . import test_order_document
from . import test_send
from . import test_order_response
from . import test_dispatch_notification
from . import test_invoice
from . import test_any_order
from . import test_security
from . import test_neutralize
