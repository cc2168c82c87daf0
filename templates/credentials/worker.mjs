// The service worker of the coaching log, for this release.
import { serve } from {{ serving|tojson }};

serve({{ page|tojson }}, {{ files|tojson }});
