from . import itscope_product_add
from . import itscope_product_add_line
