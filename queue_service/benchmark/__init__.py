"""How fast the whole thing is: ``queue-service bench`` measures over real sockets and prints a table.

Figures depend on the machine and its neighbours, so every HTTP figure stands beside the same work
done straight through asyncpg in the same run; what to compare over time is their ratio.
"""
