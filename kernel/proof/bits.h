/*
 * What provers do not find out about bits by themselves. Each lemma is proved in tests/proof/bits.v, by its name.
 */
#ifndef PROOF_BITS_H
#define PROOF_BITS_H

/*@
	lemma shift_one_bounds: \forall integer n; 0 <= n < 64 ==> 1 <= (1 << n) <= 0x8000000000000000;
	lemma shift_right_bounds: \forall integer x, n; 0 <= x && 0 <= n ==> 0 <= (x >> n) <= x;
	lemma shift_right_zero: \forall integer x, n; 0 <= x && 0 <= n && (x >> n) == 0 ==> x < (1 << n);
	lemma and_bounds: \forall integer x, y; 0 <= x && 0 <= y ==> 0 <= (x & y) <= x && (x & y) <= y;
	lemma or_bounds: \forall integer x, y; 0 <= x && 0 <= y ==> x <= (x | y) && y <= (x | y) <= x + y;
	lemma and_page: \forall integer x; 0 <= x ==> (x & 4095) == x % 4096;
	lemma and_byte: \forall integer x; 0 <= x ==> (x & 255) == x % 256;
	lemma or_page: \forall integer x, y; 0 <= x && 0 <= y ==> (((x | y) & 4095) == 0 <==> (x & 4095) == 0 && (y & 4095) == 0);
	lemma page_down: \forall integer x; 0 <= x < 0x10000000000000000 ==> (x & 0xfffffffffffff000) == x - x % 4096;
	lemma shift_one_monotone: \forall integer a, b; 0 <= a <= b ==> (1 << a) <= (1 << b);
	lemma low_ones: \forall integer n; 1 <= n <= 64 ==> (0xffffffffffffffff >> (64 - n)) == (1 << n) - 1;
	lemma quarter: \forall integer x; 0 <= x ==> (x >> 2) == x / 4;
	lemma units: \forall integer x; 0 <= x ==> (x >> 5) == x / 32;
	lemma threads: \forall integer x; 0 <= x ==> (x >> 6) == x / 64;
	lemma bytes: \forall integer x; 0 <= x ==> (x << 5) == x * 32;
	lemma buffers: \forall integer x; 0 <= x ==> (x >> 9) == x / 512;
	lemma thread_slots: \forall integer x; 0 <= x ==> (x << 6) == x * 64;
	lemma without_zombie: \forall integer w; 0 <= w < 0x100000000 ==>
		(w & 0xffffff7f) % 0x80 == w % 0x80 && (w & 0xffffff7f) / 0x100 == w / 0x100;
	lemma with_in_thread: \forall integer w; 0 <= w < 0x100000000 ==>
		(w | 0x1000) % 0x1000 == w % 0x1000 && (w | 0x1000) / 0x10000 == w / 0x10000;
	// The first name comes before the third: the tool sorts what stands beside an "and" so, and provers match it as it stands.
	lemma word_masked: \forall integer a, r, m; 0 <= a < 0x100000000 && 0 <= r < 16 && m == 0xff + 0x100 * r ==>
		(a & m) == a % 0x100 + 0x100 * ((a / 0x100 % 0x10) & r);
	lemma rights_left: \forall integer r, m; 0 <= r < 16 && 0 <= m < 0x10000000000000000 ==>
		(r & (uint32_t)(~(15 & m))) == r - (15 & (m & r)) && 0 <= (15 & (m & r)) <= r;
	lemma bit_of_one: \forall integer n, i; 0 <= n && 0 <= i ==> (((1 << n) & (1 << i)) != 0 <==> i == n);
	lemma bit_of_rest: \forall integer n, i; 0 <= n < 64 && 0 <= i < 64 ==>
		(((uint64_t)(~(1 << n)) & (1 << i)) != 0 <==> i != n);
*/

/* More of them, which would be in the way elsewhere: provers see them where a predicate of their block is mentioned. */
/*@
	axiomatic single_bits {
		predicate has_bits(integer x) = 0 <= x;
		lemma and_bit_0: \forall integer x; 0 <= x ==> (x & 1) == x % 2;
		lemma and_bit_1: \forall integer x; 0 <= x ==> (x & 2) == x / 2 % 2 * 2;
		lemma and_bit_3: \forall integer x; 0 <= x ==> (x & 8) == x / 8 % 2 * 8;
		lemma and_bits_1_3: \forall integer x; 0 <= x ==> (x & 10) == (x & 2) + (x & 8);
	}
	axiomatic powers {
		predicate in_units(integer x) = 0 <= x;
		lemma align_page: \forall integer x; 0 <= x < 0x10000000000000000 ==> (x & 0xffffffffffffff80) == x - x % 128;
		lemma align_down: \forall integer x, n; 0 <= x < 0x10000000000000000 && 0 <= n < 64 ==>
			(x & (uint64_t)(~((1 << n) - 1))) == x - x % (1 << n);
		lemma power_order: \forall integer a, b; 0 <= a && 0 <= b && (1 << a) <= (1 << b) ==> a <= b;
		lemma aligned_less: \forall integer x, a, b; 0 <= x && 0 <= a <= b && x % (1 << b) == 0 ==> x % (1 << a) == 0;
		lemma aligned_page: \forall integer x, b; 0 <= x && 7 <= b && x % (1 << b) == 0 ==> x % 128 == 0;
		lemma power_aligned: \forall integer a, b; 0 <= a <= b ==> (1 << b) % (1 << a) == 0;
		lemma shift_two: \forall integer n; 0 <= n ==> (2 << n) == 2 * (1 << n);
		lemma next_power: \forall integer n; 0 <= n ==> (1 << (n + 1)) == 2 * (1 << n);
		lemma next_aligned: \forall integer x, n; 0 <= x && 0 <= n && x % (1 << n) == 0 && ((x >> n) & 1) == 0 ==>
			x % (2 * (1 << n)) == 0;
		lemma sum_aligned: \forall integer x, y, n; 0 <= x && 0 <= y && 0 <= n && x % (1 << n) == 0 && y % (1 << n) == 0 ==>
			(x + y) % (1 << n) == 0;
	}
	axiomatic blocks {
		predicate in_blocks(integer x) = 0 <= x;
		lemma power_units: \forall integer n; 5 <= n ==> (1 << n) == 32 * (1 << (n - 5));
		lemma aligned_units: \forall integer x, n; 0 <= x && 5 <= n && x % (1 << n) == 0 ==> x / 32 % (1 << (n - 5)) == 0;
		lemma power_pages: \forall integer n; 12 <= n ==> (1 << n) % 4096 == 0 && 4096 <= (1 << n);
	}
	axiomatic objects {
		predicate in_objects(integer x) = 0 <= x;
		lemma context_units: \forall integer x; 0 <= x ==> (x >> 7) == x / 128;
		lemma thread_units: \forall integer x; 0 <= x ==> (x >> 11) == x / 2048;
		lemma pages: \forall integer x; 0 <= x ==> (x >> 12) == x / 4096;
	}
	axiomatic addresses {
		predicate has_address(integer x) = 0 <= x;
		lemma and_address: \forall integer x; 0 <= x ==> (x & 0xfffffffff000) == x / 0x1000 % 0x1000000000 * 0x1000;
		lemma or_address: \forall integer x, b; 0 <= x < 0x1000000000000 && x % 4096 == 0 && 0 <= b && b % 0x1000000000000 < 4096 ==>
			(x | b) == x + b;
	}
*/

#endif
