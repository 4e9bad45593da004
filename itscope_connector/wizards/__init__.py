from . import itscope_product_add
from . import itscope_product_add_line
from . import itscope_compare
from . import itscope_compare_line
from . import itscope_quote_find
from . import itscope_search
from . import itscope_search_line
from . import itscope_search_offer
