"""From linked mentions to statements, observations and recognitions."""

from kg.relate.relate import Related, RelateRules, relate

__all__ = ["RelateRules", "Related", "relate"]
