(* The lemmas of kernel/proof/bits.h, by their names. ACSL's <<, >>, & and | on integers are Z.shiftl, Z.shiftr, Z.land and Z.lor. *)
Require Import ZArith Lia.
Open Scope Z_scope.

Theorem shift_one_bounds : forall n, 0 <= n < 64 -> 1 <= Z.shiftl 1 n <= 9223372036854775808.
Proof.
  intros n H. rewrite Z.shiftl_mul_pow2, Z.mul_1_l by lia.
  change 9223372036854775808 with (2 ^ 63). change 1 with (2 ^ 0) at 1.
  split; apply Z.pow_le_mono_r; lia.
Qed.

Theorem shift_right_bounds : forall x n, 0 <= x /\ 0 <= n -> 0 <= Z.shiftr x n <= x.
Proof.
  intros x n [Hx Hn]. rewrite Z.shiftr_div_pow2 by lia.
  assert (1 <= 2 ^ n) by (change 1 with (2 ^ 0); apply Z.pow_le_mono_r; lia).
  split.
  - apply Z.div_pos; lia.
  - apply Z.div_le_upper_bound; nia.
Qed.

Theorem shift_right_zero : forall x n, (0 <= x /\ 0 <= n) /\ Z.shiftr x n = 0 -> x < Z.shiftl 1 n.
Proof.
  intros x n [[Hx Hn] H]. rewrite Z.shiftr_div_pow2 in H by lia. rewrite Z.shiftl_mul_pow2, Z.mul_1_l by lia.
  assert (0 < 2 ^ n) by (apply Z.pow_pos_nonneg; lia).
  pose proof (Z.mod_pos_bound x (2 ^ n)). pose proof (Z.div_mod x (2 ^ n)). nia.
Qed.

(* A number is what it has in common with another, and the rest; none of both is negative. *)
Lemma common_and_rest : forall x y, x = Z.land x y + Z.ldiff x y.
Proof.
  intros x y.
  assert (N : Z.land (Z.land x y) (Z.ldiff x y) = 0).
  { apply Z.bits_inj. intro i. rewrite Z.bits_0, !Z.land_spec, Z.ldiff_spec.
    destruct (Z.testbit x i), (Z.testbit y i); reflexivity. }
  rewrite Z.add_nocarry_lxor by exact N. rewrite Z.lxor_lor by exact N.
  rewrite Z.lor_comm. symmetry. apply Z.lor_ldiff_and.
Qed.

Lemma not_negative : forall x y, 0 <= x -> 0 <= Z.land x y /\ 0 <= Z.ldiff x y.
Proof.
  intros x y H. split; [apply Z.land_nonneg | apply Z.ldiff_nonneg]; lia.
Qed.

Theorem and_bounds : forall x y, 0 <= x /\ 0 <= y -> (0 <= Z.land x y <= x) /\ Z.land x y <= y.
Proof.
  intros x y [Hx Hy].
  pose proof (common_and_rest x y). pose proof (common_and_rest y x). rewrite (Z.land_comm y x) in *.
  pose proof (not_negative x y Hx). pose proof (not_negative y x Hy). rewrite (Z.land_comm y x) in *. lia.
Qed.

Theorem or_bounds : forall x y, 0 <= x /\ 0 <= y -> x <= Z.lor x y /\ (y <= Z.lor x y <= x + y).
Proof.
  intros x y [Hx Hy].
  assert (E : Z.lor x y = x + Z.ldiff y x).
  { assert (N : Z.land x (Z.ldiff y x) = 0).
    { apply Z.bits_inj. intro i. rewrite Z.bits_0, Z.land_spec, Z.ldiff_spec.
      destruct (Z.testbit x i), (Z.testbit y i); reflexivity. }
    rewrite Z.add_nocarry_lxor by exact N. rewrite Z.lxor_lor by exact N.
    apply Z.bits_inj. intro i. rewrite !Z.lor_spec, Z.ldiff_spec.
    destruct (Z.testbit x i), (Z.testbit y i); reflexivity. }
  pose proof (common_and_rest y x). pose proof (not_negative y x Hy).
  pose proof (and_bounds x y (conj Hx Hy)). rewrite (Z.land_comm y x) in *. lia.
Qed.

Theorem and_page : forall x, 0 <= x -> Z.land x 4095 = Z.rem x 4096.
Proof.
  intros x H. rewrite Z.rem_mod_nonneg by lia.
  change 4095 with (Z.ones 12). change 4096 with (2 ^ 12). apply Z.land_ones. lia.
Qed.

Theorem and_byte : forall x, 0 <= x -> Z.land x 255 = Z.rem x 256.
Proof.
  intros x H. rewrite Z.rem_mod_nonneg by lia.
  change 255 with (Z.ones 8). change 256 with (2 ^ 8). apply Z.land_ones. lia.
Qed.

Theorem or_page : forall x y, 0 <= x /\ 0 <= y ->
  (Z.land (Z.lor x y) 4095 = 0 <-> Z.land x 4095 = 0 /\ Z.land y 4095 = 0).
Proof.
  intros x y _. rewrite Z.land_lor_distr_l. apply Z.lor_eq_0_iff.
Qed.

Theorem page_down : forall x, 0 <= x /\ x < 18446744073709551616 -> Z.land x 18446744073709547520 = x - Z.rem x 4096.
Proof.
  intros x H. rewrite Z.rem_mod_nonneg by lia.
  pose proof (common_and_rest x 18446744073709547520) as E.
  assert (R : Z.ldiff x 18446744073709547520 = x mod 4096).
  { change 4096 with (2 ^ 12). rewrite <- Z.land_ones by lia.
    apply Z.bits_inj'. intros i Hi. rewrite Z.ldiff_spec, Z.land_spec.
    destruct (Z.lt_ge_cases i 64).
    - change 18446744073709547520 with (Z.shiftl (Z.ones 52) 12). rewrite Z.shiftl_spec by lia.
      destruct (Z.lt_ge_cases i 12).
      + rewrite (Z.testbit_neg_r _ (i - 12)) by lia. rewrite (Z.ones_spec_low 12 i) by lia. destruct (Z.testbit x i); reflexivity.
      + rewrite (Z.ones_spec_low 52 (i - 12)) by lia. rewrite (Z.ones_spec_high 12 i) by lia. destruct (Z.testbit x i); reflexivity.
    - assert (T : Z.testbit x i = false).
      { destruct (Z.eq_dec x 0) as [->|N]; [apply Z.bits_0|]. apply Z.bits_above_log2; [lia|].
        apply Z.log2_lt_pow2; [lia|]. apply Z.lt_le_trans with (2 ^ 64); [exact (proj2 H)|].
        apply Z.pow_le_mono_r; lia. }
      rewrite T. reflexivity. }
  lia.
Qed.

Theorem shift_one_monotone : forall a b, 0 <= a /\ a <= b -> Z.shiftl 1 a <= Z.shiftl 1 b.
Proof.
  intros a b [Ha Hb]. rewrite !Z.shiftl_mul_pow2, !Z.mul_1_l by lia. apply Z.pow_le_mono_r; lia.
Qed.

Theorem low_ones : forall n, 1 <= n /\ n <= 64 -> Z.shiftr 18446744073709551615 (64 - n) = Z.shiftl 1 n - 1.
Proof.
  intros n H. change 18446744073709551615 with (Z.ones 64).
  rewrite Z.shiftl_mul_pow2, Z.mul_1_l by lia. rewrite Z.sub_1_r, <- Z.ones_equiv.
  apply Z.bits_inj'. intros i Hi. rewrite Z.shiftr_spec by lia.
  destruct (Z.lt_ge_cases i n).
  - rewrite !Z.ones_spec_low by lia. reflexivity.
  - rewrite !Z.ones_spec_high by lia. reflexivity.
Qed.

Theorem quarter : forall x, 0 <= x -> Z.shiftr x 2 = Z.quot x 4.
Proof. intros x H. rewrite Z.shiftr_div_pow2, Z.quot_div_nonneg by lia. reflexivity. Qed.

Theorem units : forall x, 0 <= x -> Z.shiftr x 5 = Z.quot x 32.
Proof. intros x H. rewrite Z.shiftr_div_pow2, Z.quot_div_nonneg by lia. reflexivity. Qed.

Theorem threads : forall x, 0 <= x -> Z.shiftr x 6 = Z.quot x 64.
Proof. intros x H. rewrite Z.shiftr_div_pow2, Z.quot_div_nonneg by lia. reflexivity. Qed.

Theorem context_units : forall x, 0 <= x -> Z.shiftr x 7 = Z.quot x 128.
Proof. intros x H. rewrite Z.shiftr_div_pow2, Z.quot_div_nonneg by lia. reflexivity. Qed.

Theorem thread_units : forall x, 0 <= x -> Z.shiftr x 11 = Z.quot x 2048.
Proof. intros x H. rewrite Z.shiftr_div_pow2, Z.quot_div_nonneg by lia. reflexivity. Qed.

Theorem pages : forall x, 0 <= x -> Z.shiftr x 12 = Z.quot x 4096.
Proof. intros x H. rewrite Z.shiftr_div_pow2, Z.quot_div_nonneg by lia. reflexivity. Qed.

Theorem bytes : forall x, 0 <= x -> Z.shiftl x 5 = x * 32.
Proof. intros x H. rewrite Z.shiftl_mul_pow2 by lia. reflexivity. Qed.

Theorem buffers : forall x, 0 <= x -> Z.shiftr x 9 = Z.quot x 512.
Proof. intros x H. rewrite Z.shiftr_div_pow2, Z.quot_div_nonneg by lia. reflexivity. Qed.

Theorem thread_slots : forall x, 0 <= x -> Z.shiftl x 6 = x * 64.
Proof. intros x H. rewrite Z.shiftl_mul_pow2 by lia. reflexivity. Qed.

(* What a number has in common with one bit. *)
Lemma one_bit : forall x n, 0 <= n -> Z.land x (2 ^ n) = 2 ^ n * (x / 2 ^ n mod 2).
Proof.
  intros x n Hn. rewrite <- Z.bit0_mod. rewrite <- Z.shiftr_div_pow2, Z.shiftr_spec by lia. rewrite Z.add_0_l.
  apply Z.bits_inj'. intros i Hi. rewrite Z.land_spec, Z.pow2_bits_eqb by lia.
  destruct (Z.testbit x n) eqn:B; cbn [Z.b2z].
  - rewrite Z.mul_1_r, Z.pow2_bits_eqb by lia. destruct (Z.eqb_spec n i); [subst; rewrite B|rewrite Bool.andb_false_r]; reflexivity.
  - rewrite Z.mul_0_r, Z.bits_0. destruct (Z.eqb_spec n i); [subst; rewrite B|rewrite Bool.andb_false_r]; reflexivity.
Qed.

Theorem without_zombie : forall w, 0 <= w /\ w < 4294967296 ->
  Z.rem (Z.land w 4294967167) 128 = Z.rem w 128 /\ Z.quot (Z.land w 4294967167) 256 = Z.quot w 256.
Proof.
  intros w [Hw Hb].
  pose proof (one_bit w 7) as O. change (2 ^ 7) with 128 in O. 
  assert (E : Z.land w 4294967167 = Z.ldiff w 128).
  { apply Z.bits_inj'. intros i Hi. rewrite Z.land_spec, Z.ldiff_spec.
    destruct (Z.lt_ge_cases i 32).
    - assert (T : forall m, m = Z.to_nat i -> (m < 32)%nat -> Z.testbit 4294967167 (Z.of_nat m) = negb (Z.testbit 128 (Z.of_nat m))).
      { intros m _ Hm. do 32 (destruct m as [|m]; [reflexivity|]). lia. }
      rewrite <- (Z2Nat.id i) by lia. rewrite (T (Z.to_nat i)) by lia. reflexivity.
    - assert (B : Z.testbit w i = false).
      { destruct (Z.eq_dec w 0); [subst; apply Z.bits_0|]. apply Z.bits_above_log2; [lia|].
        apply Z.log2_lt_pow2; [lia|]. apply Z.lt_le_trans with (2 ^ 32); [exact Hb|]. apply Z.pow_le_mono_r; lia. }
      rewrite B. reflexivity. }
  rewrite E. pose proof (common_and_rest w 128). pose proof (not_negative w 128 Hw).
  rewrite !Z.quot_div_nonneg, !Z.rem_mod_nonneg by lia. Z.div_mod_to_equations. lia.
Qed.

Theorem with_in_thread : forall w, 0 <= w /\ w < 4294967296 ->
  Z.rem (Z.lor w 4096) 4096 = Z.rem w 4096 /\ Z.quot (Z.lor w 4096) 65536 = Z.quot w 65536.
Proof.
  intros w [Hw Hb].
  pose proof (one_bit w 12) as O. change (2 ^ 12) with 4096 in O.
  assert (E : Z.lor w 4096 = Z.ldiff w 4096 + 4096).
  { assert (N : Z.land (Z.ldiff w 4096) 4096 = 0).
    { apply Z.bits_inj. intro i. rewrite Z.bits_0, Z.land_spec, Z.ldiff_spec.
      destruct (Z.testbit w i), (Z.testbit 4096 i); reflexivity. }
    rewrite Z.add_nocarry_lxor by exact N. rewrite Z.lxor_lor by exact N.
    apply Z.bits_inj. intro i. rewrite !Z.lor_spec, Z.ldiff_spec.
    destruct (Z.testbit w i), (Z.testbit 4096 i); reflexivity. }
  rewrite E. pose proof (common_and_rest w 4096). pose proof (not_negative w 4096 Hw).
  rewrite !Z.quot_div_nonneg, !Z.rem_mod_nonneg by lia. Z.div_mod_to_equations. lia.
Qed.

(* A number with few bits shares them with a mask as it shares them with the mask's low end. *)
Lemma low_part : forall x y n, 0 <= n -> 0 <= x < 2 ^ n -> Z.land x y = Z.land x (y mod 2 ^ n).
Proof.
  intros x y n Hn Hx. rewrite <- Z.land_ones by lia. rewrite (Z.land_comm y), Z.land_assoc.
  rewrite Z.land_ones by lia. rewrite Z.mod_small by lia. reflexivity.
Qed.
Theorem word_masked : forall w r m, ((0 <= w /\ w < 4294967296) /\ (0 <= r /\ r < 16)) /\ m = 255 + 256 * r ->
  Z.land w m = Z.rem w 256 + 256 * Z.land (Z.rem (Z.quot w 256) 16) r.
Proof.
  intros w r m [[Hw Hr] Hm]. subst m.
  rewrite Z.quot_div_nonneg by lia.
  assert (0 <= w / 256) by (apply Z.div_pos; lia).
  rewrite !Z.rem_mod_nonneg by lia.
  assert (A : Z.land (w / 256 mod 16) r = Z.land (w / 256) r).
  { rewrite (Z.land_comm _ r). change 16 with (2 ^ 4). rewrite <- low_part by (change (2 ^ 4) with 16; lia). apply Z.land_comm. }
  rewrite A.
  assert (E : 255 + 256 * r = Z.lor (Z.ones 8) (Z.shiftl r 8)).
  { assert (N : Z.land (Z.ones 8) (Z.shiftl r 8) = 0).
    { apply Z.bits_inj'. intros i Hi. rewrite Z.bits_0, Z.land_spec, Z.shiftl_spec by lia.
      destruct (Z.lt_ge_cases i 8).
      - rewrite Z.testbit_neg_r with (n := i - 8) by lia. apply Bool.andb_false_r.
      - rewrite Z.ones_spec_high by lia. reflexivity. }
    rewrite <- Z.lxor_lor by exact N. rewrite <- Z.add_nocarry_lxor by exact N.
    rewrite Z.shiftl_mul_pow2 by lia. change (Z.ones 8) with 255. change (2 ^ 8) with 256. lia. }
  rewrite E, Z.land_lor_distr_r.
  assert (S : Z.land w (Z.shiftl r 8) = Z.shiftl (Z.land (w / 256) r) 8).
  { rewrite Z.shiftl_land. change 256 with (2 ^ 8). rewrite <- Z.shiftr_div_pow2 by lia.
    apply Z.bits_inj'. intros i Hi. rewrite !Z.land_spec, !Z.shiftl_spec by lia.
    destruct (Z.lt_ge_cases i 8).
    - rewrite !(Z.testbit_neg_r _ (i - 8)) by lia. rewrite !Bool.andb_false_r. reflexivity.
    - rewrite Z.shiftr_spec by lia. replace (i - 8 + 8) with i by lia. reflexivity. }
  rewrite S.
  assert (N : Z.land (Z.land w (Z.ones 8)) (Z.shiftl (Z.land (w / 256) r) 8) = 0).
  { apply Z.bits_inj'. intros i Hi. rewrite Z.bits_0, !Z.land_spec, Z.shiftl_spec by lia.
    destruct (Z.lt_ge_cases i 8).
    - rewrite (Z.testbit_neg_r _ (i - 8)) by lia. apply Bool.andb_false_r.
    - rewrite Z.ones_spec_high by lia. rewrite Bool.andb_false_r. reflexivity. }
  rewrite <- Z.lxor_lor by exact N. rewrite <- Z.add_nocarry_lxor by exact N.
  rewrite Z.land_ones by lia. rewrite Z.shiftl_mul_pow2 by lia. change (2 ^ 8) with 256. lia.
Qed.

Theorem rights_left : forall r m, (0 <= r /\ r < 16) /\ (0 <= m /\ m < 18446744073709551616) ->
  Z.land r (Z.modulo (Z.lnot (Z.land 15 m)) 4294967296) = r - Z.land 15 (Z.land m r) /\
  (0 <= Z.land 15 (Z.land m r) /\ Z.land 15 (Z.land m r) <= r).
Proof.
  intros r m [Hr Hm].
  assert (F : Z.land 15 (Z.land m r) = Z.land r m).
  { rewrite (Z.land_comm m r), Z.land_assoc. rewrite (Z.land_comm 15 r).
    change 15 with (Z.ones 4). rewrite Z.land_ones by lia. rewrite Z.mod_small by lia. reflexivity. }
  rewrite F. change 4294967296 with (2 ^ 32). rewrite <- low_part by (change (2 ^ 32) with 4294967296; lia).
  assert (L : Z.land r (Z.lnot (Z.land 15 m)) = Z.ldiff r m).
  { apply Z.bits_inj'. intros i Hi. rewrite Z.land_spec, Z.lnot_spec, Z.land_spec, Z.ldiff_spec by lia.
    change 15 with (Z.ones 4). destruct (Z.lt_ge_cases i 4).
    - rewrite Z.ones_spec_low by lia. reflexivity.
    - assert (B : Z.testbit r i = false).
      { apply Z.bits_above_log2; [lia|]. destruct (Z.eq_dec r 0); [subst; cbn; lia|].
        apply Z.log2_lt_pow2; [lia|]. apply Z.lt_le_trans with (2 ^ 4); [cbn; lia|].
        apply Z.pow_le_mono_r; lia. }
      rewrite B. reflexivity. }
  rewrite L. pose proof (common_and_rest r m). pose proof (not_negative r m). pose proof (and_bounds r m). lia.
Qed.

(* One bit of a number. *)
Lemma bit_alone : forall x n, 0 <= x -> 0 <= n -> Z.land x (2 ^ n) = (x / 2 ^ n) mod 2 * 2 ^ n.
Proof.
  intros x n Hx Hn. rewrite <- Z.testbit_spec' by lia.
  assert (E : Z.land x (2 ^ n) = if Z.testbit x n then 2 ^ n else 0).
  { apply Z.bits_inj'. intros i Hi. rewrite Z.land_spec, Z.pow2_bits_eqb by lia.
    destruct (Z.eqb_spec n i) as [Same | Other].
    - subst i. destruct (Z.testbit x n); [rewrite Z.pow2_bits_true by lia | rewrite Z.bits_0]; reflexivity.
    - rewrite Bool.andb_false_r. destruct (Z.testbit x n); [rewrite Z.pow2_bits_false by lia | rewrite Z.bits_0]; reflexivity. }
  rewrite E. destruct (Z.testbit x n); cbn [Z.b2z]; lia.
Qed.

Theorem and_bit_0 : forall x, 0 <= x -> Z.land x 1 = Z.rem x 2.
Proof. intros x H. rewrite Z.rem_mod_nonneg by lia. change 1 with (Z.ones 1). apply Z.land_ones. lia. Qed.

Theorem and_bit_1 : forall x, 0 <= x -> Z.land x 2 = Z.rem (Z.quot x 2) 2 * 2.
Proof.
  intros x H. rewrite Z.quot_div_nonneg by lia. assert (0 <= x / 2) by (apply Z.div_pos; lia).
  rewrite Z.rem_mod_nonneg by lia. exact (bit_alone x 1 H ltac:(lia)).
Qed.

Theorem and_bit_3 : forall x, 0 <= x -> Z.land x 8 = Z.rem (Z.quot x 8) 2 * 8.
Proof.
  intros x H. rewrite Z.quot_div_nonneg by lia. assert (0 <= x / 8) by (apply Z.div_pos; lia).
  rewrite Z.rem_mod_nonneg by lia. exact (bit_alone x 3 H ltac:(lia)).
Qed.

Theorem and_bits_1_3 : forall x, 0 <= x -> Z.land x 10 = Z.land x 2 + Z.land x 8.
Proof.
  intros x H. change 10 with (Z.lor 2 8). rewrite Z.land_lor_distr_r.
  assert (N : Z.land (Z.land x 2) (Z.land x 8) = 0).
  { rewrite <- Z.land_assoc, (Z.land_assoc 2 x 8), (Z.land_comm 2 x), <- (Z.land_assoc x 2 8).
    change (Z.land 2 8) with 0. rewrite !Z.land_0_r. reflexivity. }
  rewrite <- Z.lxor_lor by exact N. symmetry. apply Z.add_nocarry_lxor. exact N.
Qed.

Lemma clear_low : forall x n, 0 <= x -> 0 <= n -> Z.land x (Z.lnot (Z.ones n)) = x - x mod 2 ^ n.
Proof.
  intros x n Hx Hn. rewrite <- Z.ldiff_land. pose proof (common_and_rest x (Z.ones n)) as E.
  rewrite Z.land_ones in E by lia. lia.
Qed.

Lemma power : forall n, 0 <= n -> Z.shiftl 1 n = 2 ^ n /\ 0 < 2 ^ n.
Proof.
  intros n H. rewrite Z.shiftl_mul_pow2, Z.mul_1_l by lia. split; [reflexivity | apply Z.pow_pos_nonneg; lia].
Qed.

Theorem align_page : forall x, (0 <= x /\ x < 18446744073709551616) -> Z.land x 18446744073709551488 = x - Z.rem x 128.
Proof.
  intros x H. rewrite Z.rem_mod_nonneg by lia. change 128 with (2 ^ 7). rewrite <- clear_low by lia.
  rewrite (low_part x (Z.lnot (Z.ones 7)) 64) by lia. reflexivity.
Qed.

Theorem align_down : forall x n, (0 <= x /\ x < 18446744073709551616) /\ (0 <= n /\ n < 64) ->
  Z.land x (Z.modulo (Z.lnot (Z.shiftl 1 n - 1)) 18446744073709551616) = x - Z.rem x (Z.shiftl 1 n).
Proof.
  intros x n [Hx Hn]. destruct (power n) as [E P]; [lia|]. rewrite E. rewrite Z.rem_mod_nonneg by lia.
  rewrite <- clear_low by lia. change 18446744073709551616 with (2 ^ 64). rewrite <- low_part by lia.
  rewrite Z.sub_1_r, <- Z.ones_equiv. reflexivity.
Qed.

Theorem power_order : forall a b, (0 <= a /\ 0 <= b) /\ Z.shiftl 1 a <= Z.shiftl 1 b -> a <= b.
Proof.
  intros a b [[Ha Hb] H]. destruct (power a Ha) as [Ea _], (power b Hb) as [Eb _]. rewrite Ea, Eb in H.
  apply Z.pow_le_mono_r_iff with (a := 2); lia.
Qed.

Lemma power_divides : forall a b, 0 <= a <= b -> (2 ^ a | 2 ^ b).
Proof. intros a b H. exists (2 ^ (b - a)). rewrite <- Z.pow_add_r by lia. f_equal. lia. Qed.

Theorem aligned_less : forall x a b, (0 <= x /\ (0 <= a /\ a <= b)) /\ Z.rem x (Z.shiftl 1 b) = 0 -> Z.rem x (Z.shiftl 1 a) = 0.
Proof.
  intros x a b [[Hx Hab] H]. destruct (power a) as [Ea Pa]; [lia|]. destruct (power b) as [Eb Pb]; [lia|].
  rewrite Ea. rewrite Eb in H. rewrite Z.rem_mod_nonneg in * by lia.
  apply Z.mod_divide; [lia|]. apply Z.mod_divide in H; [|lia].
  apply Z.divide_trans with (2 ^ b); [apply power_divides; lia | exact H].
Qed.

Theorem aligned_page : forall x b, (0 <= x /\ 7 <= b) /\ Z.rem x (Z.shiftl 1 b) = 0 -> Z.rem x 128 = 0.
Proof.
  intros x b [[Hx Hb] H]. change 128 with (Z.shiftl 1 7). apply aligned_less with b. repeat split; lia || exact H.
Qed.

Theorem power_aligned : forall a b, (0 <= a /\ a <= b) -> Z.rem (Z.shiftl 1 b) (Z.shiftl 1 a) = 0.
Proof.
  intros a b H. destruct (power a) as [Ea Pa]; [lia|]. destruct (power b) as [Eb Pb]; [lia|]. rewrite Ea, Eb.
  rewrite Z.rem_mod_nonneg by lia. apply Z.mod_divide; [lia|]. apply power_divides. lia.
Qed.

Theorem shift_two : forall n, 0 <= n -> Z.shiftl 2 n = 2 * Z.shiftl 1 n.
Proof. intros n H. rewrite !Z.shiftl_mul_pow2 by lia. lia. Qed.

Theorem next_power : forall n, 0 <= n -> Z.shiftl 1 (n + 1) = 2 * Z.shiftl 1 n.
Proof. intros n H. rewrite !Z.shiftl_mul_pow2 by lia. rewrite Z.pow_add_r by lia. lia. Qed.

Theorem next_aligned : forall x n,
  ((0 <= x /\ 0 <= n) /\ Z.rem x (Z.shiftl 1 n) = 0) /\ Z.land (Z.shiftr x n) 1 = 0 -> Z.rem x (2 * Z.shiftl 1 n) = 0.
Proof.
  intros x n [[[Hx Hn] A] B]. destruct (power n Hn) as [E P]. rewrite E in *. rewrite Z.rem_mod_nonneg in * by lia.
  change 1 with (Z.ones 1) in B. rewrite Z.land_ones in B by lia. rewrite Z.shiftr_div_pow2 in B by lia.
  apply Z.mod_divide in A; [|lia]. destruct A as [q A]. subst x.
  rewrite Z.div_mul in B by lia. apply Z.mod_divide in B; [|lia]. destruct B as [k B]. subst q.
  apply Z.mod_divide; [lia|]. exists k. change (2 ^ 1) with 2. lia.
Qed.

Theorem power_units : forall n, 5 <= n -> Z.shiftl 1 n = 32 * Z.shiftl 1 (n - 5).
Proof.
  intros n H. rewrite !Z.shiftl_1_l. change 32 with (2 ^ 5). rewrite <- Z.pow_add_r by lia. f_equal. lia.
Qed.

Theorem aligned_units : forall x n,
  (0 <= x /\ 5 <= n) /\ Z.rem x (Z.shiftl 1 n) = 0 -> Z.rem (Z.quot x 32) (Z.shiftl 1 (n - 5)) = 0.
Proof.
  intros x n [[Hx Hn] A]. rewrite power_units in A by exact Hn.
  destruct (power (n - 5) ltac:(lia)) as [E P]. rewrite E in *.
  assert (0 <= x / 32) by (apply Z.div_pos; lia).
  rewrite Z.quot_div_nonneg by lia. rewrite Z.rem_mod_nonneg in * by lia.
  apply Z.mod_divide in A; [|lia]. destruct A as [k A]. apply Z.mod_divide; [lia|]. exists k.
  rewrite A. replace (k * (32 * 2 ^ (n - 5))) with (k * 2 ^ (n - 5) * 32) by ring. apply Z.div_mul. lia.
Qed.

Theorem power_pages : forall n, 12 <= n -> Z.rem (Z.shiftl 1 n) 4096 = 0 /\ 4096 <= Z.shiftl 1 n.
Proof.
  intros n H. rewrite Z.shiftl_1_l. replace (2 ^ n) with (2 ^ (n - 12) * 4096).
  - assert (0 < 2 ^ (n - 12)) by (apply Z.pow_pos_nonneg; lia). split; [|lia].
    rewrite Z.rem_mod_nonneg by lia. apply Z.mod_mul. lia.
  - change 4096 with (2 ^ 12). rewrite <- Z.pow_add_r by lia. f_equal. lia.
Qed.

Theorem sum_aligned : forall x y n,
  (((0 <= x /\ 0 <= y) /\ 0 <= n) /\ Z.rem x (Z.shiftl 1 n) = 0) /\ Z.rem y (Z.shiftl 1 n) = 0 -> Z.rem (x + y) (Z.shiftl 1 n) = 0.
Proof.
  intros x y n [[[[Hx Hy] Hn] A] B]. destruct (power n Hn) as [E P]. rewrite E in *. rewrite Z.rem_mod_nonneg in * by lia.
  apply Z.mod_divide; [lia|]. apply Z.divide_add_r; apply Z.mod_divide; lia.
Qed.

Theorem and_address : forall x, 0 <= x -> Z.land x 281474976706560 = Z.rem (Z.quot x 4096) 68719476736 * 4096.
Proof.
  intros x H. rewrite Z.quot_div_nonneg by lia. assert (0 <= x / 4096) by (apply Z.div_pos; lia).
  rewrite Z.rem_mod_nonneg by lia. change 68719476736 with (2 ^ 36). rewrite <- Z.land_ones by lia.
  change 4096 with (2 ^ 12). rewrite <- Z.shiftr_div_pow2, <- Z.shiftl_mul_pow2 by lia.
  change 281474976706560 with (Z.shiftl (Z.ones 36) 12).
  apply Z.bits_inj'. intros i Hi. rewrite Z.land_spec, !Z.shiftl_spec, Z.land_spec by lia.
  destruct (Z.lt_ge_cases i 12).
  - rewrite !(Z.testbit_neg_r _ (i - 12)) by lia. apply Bool.andb_false_r.
  - rewrite Z.shiftr_spec by lia. replace (i - 12 + 12) with i by lia. reflexivity.
Qed.

Theorem or_address : forall x b,
  (((0 <= x /\ x < 281474976710656) /\ Z.rem x 4096 = 0) /\ 0 <= b) /\ Z.rem b 281474976710656 < 4096 -> Z.lor x b = x + b.
Proof.
  intros x b [[[Hx A] Hb] B]. rewrite Z.rem_mod_nonneg in * by lia.
  assert (N : Z.land x b = 0).
  { rewrite (low_part x b 48) by (change (2 ^ 48) with 281474976710656; lia). change (2 ^ 48) with 281474976710656.
    pose proof (Z.mod_pos_bound b 281474976710656 ltac:(lia)).
    rewrite Z.land_comm. rewrite (low_part _ x 12) by (change (2 ^ 12) with 4096; lia).
    change (2 ^ 12) with 4096. rewrite A. apply Z.land_0_r. }
  rewrite <- Z.lxor_lor by exact N. symmetry. apply Z.add_nocarry_lxor. exact N.
Qed.

Lemma land_with_bit : forall x i, 0 <= i -> (Z.land x (Z.shiftl 1 i) <> 0 <-> Z.testbit x i = true).
Proof.
  intros x i Hi. rewrite Z.shiftl_1_l.
  assert (E : Z.land x (2 ^ i) = if Z.testbit x i then 2 ^ i else 0).
  { apply Z.bits_inj'. intros k Hk. rewrite Z.land_spec, Z.pow2_bits_eqb by exact Hi.
    destruct (Z.eqb_spec i k) as [<- | N].
    - destruct (Z.testbit x i); [rewrite Z.pow2_bits_true by exact Hi | rewrite Z.bits_0]; reflexivity.
    - rewrite Bool.andb_false_r. destruct (Z.testbit x i);
        [rewrite Z.pow2_bits_false by (intro; apply N; assumption) | rewrite Z.bits_0]; reflexivity. }
  rewrite E. assert (0 < 2 ^ i) by (apply Z.pow_pos_nonneg; lia).
  destruct (Z.testbit x i); split; intro H0; try reflexivity; try discriminate; try lia.
Qed.

Theorem bit_of_one : forall n i, 0 <= n /\ 0 <= i -> (Z.land (Z.shiftl 1 n) (Z.shiftl 1 i) <> 0 <-> i = n).
Proof.
  intros n i [Hn Hi]. rewrite land_with_bit by exact Hi. rewrite Z.shiftl_1_l, Z.pow2_bits_eqb by exact Hn.
  rewrite Z.eqb_eq. split; intro; symmetry; assumption.
Qed.

Theorem bit_of_rest : forall n i, (0 <= n < 64) /\ (0 <= i < 64) ->
  (Z.land (Z.modulo (Z.lnot (Z.shiftl 1 n)) 18446744073709551616) (Z.shiftl 1 i) <> 0 <-> i <> n).
Proof.
  intros n i [[Hn Hn'] [Hi Hi']]. rewrite land_with_bit by exact Hi.
  change 18446744073709551616 with (2 ^ 64). rewrite Z.mod_pow2_bits_low by exact Hi'.
  rewrite Z.lnot_spec by exact Hi. rewrite Z.shiftl_1_l, Z.pow2_bits_eqb by exact Hn.
  destruct (Z.eqb_spec n i) as [-> | N]; split; intro H0; try discriminate; try reflexivity.
  - exfalso; apply H0; reflexivity.
  - intro E; apply N; symmetry; exact E.
Qed.
