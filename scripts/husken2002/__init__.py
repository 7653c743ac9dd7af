"""Hüsken, Igel & Toussaint 2002: modularity where networks are selected for learning speed."""
