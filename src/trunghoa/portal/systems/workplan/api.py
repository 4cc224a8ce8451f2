"""The work plan over HTTP."""

from ninja import Router

from .api_plan import router as plan
from .api_proposals import router as proposals

router = Router()
router.add_router("", plan)
router.add_router("", proposals)
