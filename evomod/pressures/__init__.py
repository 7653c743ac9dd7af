"""What selection rewards beside the answers, one module each; every docstring says where in the loop it acts.

Claimed causes of modularity: goal switching, connection cost, weights (L1 and L2), pruning, dropout. Behavioural
diversity is a control in one paper and a part of every treatment in another. A connection range is a control:
it takes from a cause that it makes networks sparser. Max modularity rewards Q itself, which shows how high Q can
be and is no cause of it.
"""
