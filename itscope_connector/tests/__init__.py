from . import test_import
from . import test_vendor_prices
from . import test_metadata
