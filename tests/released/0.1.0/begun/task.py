"""Two modules of two inputs each, XOR or EQ, joined by AND or OR (Kashtan & Alon 2005; Parter et al. 2008)."""

from evomod.task import Task

TASK = Task(
    name="circuit",
    inputs=("x", "y", "z", "w"),
    subgoals={
        "xor_xy": lambda i: i.x ^ i.y,
        "xor_zw": lambda i: i.z ^ i.w,
        "eq_xy": lambda i: ~(i.x ^ i.y),
        "eq_zw": lambda i: ~(i.z ^ i.w),
        "tangled": lambda i: (i.x & ~(i.w & i.z)) | ~(i.w | i.z),
    },
    goals={
        "xor-and-xor": lambda xor_xy, xor_zw: xor_xy & xor_zw,
        "xor-or-xor": lambda xor_xy, xor_zw: xor_xy | xor_zw,
        "eq-and-xor": lambda eq_xy, xor_zw: eq_xy & xor_zw,
        "eq-or-xor": lambda eq_xy, xor_zw: eq_xy | xor_zw,
        "xor-and-eq": lambda xor_xy, eq_zw: xor_xy & eq_zw,
        "xor-or-eq": lambda xor_xy, eq_zw: xor_xy | eq_zw,
        "eq-and-eq": lambda eq_xy, eq_zw: eq_xy & eq_zw,
        "eq-or-eq": lambda eq_xy, eq_zw: eq_xy | eq_zw,
        # Parter's neighbour of xor-and-xor that has no modules: (x AND (w NAND z)) OR (w NOR z)
        "non-modular-neighbour": lambda tangled: tangled,
    },
    encoding="circuit",
)
