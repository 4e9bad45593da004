from . import test_connection
from . import test_deals
from . import test_import
from . import test_metadata
from . import test_neutralize
from . import test_product_add
from . import test_rights
from . import test_vendor_prices
