from foundation.pages.conftest import demo_site, sign_in

__all__ = ["demo_site", "sign_in"]
