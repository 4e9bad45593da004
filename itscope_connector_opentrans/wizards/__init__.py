from . import itscope_document_assign
from . import itscope_send
from . import itscope_send_line
from . import itscope_project_choice
from . import itscope_project_choice_line
from . import itscope_best_offers_line
