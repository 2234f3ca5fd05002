"""Proofs about the kernel's production files, and what shows that they mean something."""
