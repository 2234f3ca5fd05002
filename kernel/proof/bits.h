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
	lemma shift_one_monotone: \forall integer a, b; 0 <= a <= b ==> (1 << a) <= (1 << b);
	lemma low_ones: \forall integer n; 1 <= n <= 64 ==> (0xffffffffffffffff >> (64 - n)) == (1 << n) - 1;
	lemma quarter: \forall integer x; 0 <= x ==> (x >> 2) == x / 4;
	lemma units: \forall integer x; 0 <= x ==> (x >> 5) == x / 32;
	lemma threads: \forall integer x; 0 <= x ==> (x >> 6) == x / 64;
	lemma bytes: \forall integer x; 0 <= x ==> (x << 5) == x * 32;
	lemma word_masked: \forall integer w, r, m; 0 <= w < 0x100000000 && 0 <= r < 16 && m == 0xff + 0x100 * r ==>
		(w & m) == w % 0x100 + 0x100 * ((w / 0x100 % 0x10) & r);
	lemma rights_left: \forall integer r, m; 0 <= r < 16 && 0 <= m < 0x10000000000000000 ==>
		(r & (uint32_t)(~(15 & m))) == r - (15 & (m & r)) && 0 <= (15 & (m & r)) <= r;
	lemma bit_alone: \forall integer n, i; 0 <= n && 0 <= i ==> (((1 << n) & (1 << i)) != 0 <==> i == n);
	lemma bit_others: \forall integer n, i; 0 <= n < 64 && 0 <= i < 64 ==>
		(((uint64_t)(~(1 << n)) & (1 << i)) != 0 <==> i != n);
*/

#endif
