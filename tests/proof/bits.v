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

Theorem bytes : forall x, 0 <= x -> Z.shiftl x 5 = x * 32.
Proof. intros x H. rewrite Z.shiftl_mul_pow2 by lia. reflexivity. Qed.

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
