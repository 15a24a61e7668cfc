"""Never out of step: what events alone do not bring is found, brought here and proven equal."""
