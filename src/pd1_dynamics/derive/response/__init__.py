"""Response by RECIST 1.1 and iRECIST: time points, best response, dynamics of the target lesions.

The stage is :func:`derive_response`; :func:`overall_response` answers for one time point in words.
"""

from pd1_dynamics.derive.response.recist import OVERALL_RESPONSE, overall_response
from pd1_dynamics.derive.response.stage import Responses, derive_response

__all__ = ["OVERALL_RESPONSE", "Responses", "derive_response", "overall_response"]
