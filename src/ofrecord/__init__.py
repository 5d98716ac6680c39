"""Of Record: who may sell to whom, who is partner of record, who bills, who is paid how much and why."""
