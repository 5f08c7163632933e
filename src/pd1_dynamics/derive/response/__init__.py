"""Response by RECIST 1.1 and iRECIST: time points, best response, dynamics of the target lesions.

The stage is :func:`derive`; :func:`time_points` gives its first table alone.
:func:`overall_response` answers for one time point in words.
"""

from pd1_dynamics.derive.response.derive import derive, time_points
from pd1_dynamics.derive.response.recist import OVERALL_RESPONSE, overall_response

__all__ = ["OVERALL_RESPONSE", "derive", "overall_response", "time_points"]
