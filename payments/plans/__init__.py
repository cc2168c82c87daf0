"""Plans: what is paid later. Instalments that end by themselves, missed parts, reminders, and access meanwhile."""
