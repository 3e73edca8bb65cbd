import Glibc
import Schedules
import TestSupport
import Testing
import Transfer

@Suite struct HorizonBatchLawTests {
  static let law = HorizonBatchLaw()

  static func horizon(_ steps: Int, _ batch: Int?) -> Horizon {
    Horizon(steps: steps, batchTokens: batch)
  }

  /// There and back, and over a third run, the ratio is the same.
  @Test func pathIndependence() {
    var random = SplitMix64(seed: 5)
    func any() -> Horizon {
      Self.horizon(1 + Int(random.next() % 1_000_000), 1 + Int(random.next() % 100_000_000))
    }
    for _ in 0..<200 {
      let (first, second, third) = (any(), any(), any())
      let direct = Self.law.ratio(from: first, to: third)
      let roundabout =
        Self.law.ratio(from: first, to: second) * Self.law.ratio(from: second, to: third)
      #expect(relativeError(roundabout, direct) < 1e-13)
      #expect(Self.law.ratio(from: first, to: first) == 1)
    }
  }

  /// At fixed tokens γ* is proportional to a small batch and independent of a large one; at fixed batch it
  /// moves like T^−1/3 and T^1/6.
  @Test func limits() {
    let small = Self.law.ratio(from: Self.horizon(1_000_000, 2), to: Self.horizon(500_000, 4))
    #expect(relativeError(small, 2) < 1e-5)
    let large = Self.law.ratio(
      from: Self.horizon(1000, 1_000_000_000), to: Self.horizon(500, 2_000_000_000))
    #expect(relativeError(large, 1) < 1e-2)
    #expect(
      relativeError(Self.law.ratio(from: Self.horizon(1000, nil), to: Self.horizon(8000, nil)), 0.5)
        < 1e-14)
    let few = Self.law.ratio(from: Self.horizon(100_000, 2), to: Self.horizon(800_000, 2))
    #expect(relativeError(few, 0.5) < 1e-4)
    let many = Self.law.ratio(
      from: Self.horizon(10, 1_000_000_000), to: Self.horizon(640, 1_000_000_000))
    #expect(relativeError(many, 2) < 1e-5)
  }

  /// p is the slope of ln γ*, and at B = B_c it is 1/12.
  @Test(arguments: [1000, 60_000, 500_000, 4_000_000, 40_000_000])
  func exponentIsTheSlope(_ batch: Int) {
    let steps = 40_000
    let slope =
      -log(
        Self.law.ratio(from: Self.horizon(steps - 40, batch), to: Self.horizon(steps + 40, batch)))
      / log(Double(steps + 40) / Double(steps - 40))
    let exponent = Self.law.horizonExponent(at: Self.horizon(steps, batch))
    #expect(abs(slope - exponent) < 1e-6)
    #expect(exponent <= HorizonBatchLaw.smallBatchExponent + 1e-15)
    #expect(exponent >= HorizonBatchLaw.largeBatchExponent)
    // B = 1.9·√(B·T) at B = 3.61·T.
    #expect(abs(Self.law.horizonExponent(at: Self.horizon(100_000, 361_000)) - 1.0 / 12) < 1e-12)
  }

  /// Doubling B_c at both ends is a change of the batch's unit.
  @Test func scale() {
    let doubled = HorizonBatchLaw(constant: 2 * HorizonBatchLaw.usualConstant)
    let (from, to) = (Self.horizon(5000, 100_000), Self.horizon(80_000, 400_000))
    // (c, B, D) → (2c, 4B, 4D) leaves B_c/B as it is.
    let scaled = doubled.ratio(
      from: Self.horizon(5000, 400_000), to: Self.horizon(80_000, 1_600_000))
    #expect(relativeError(scaled, Self.law.ratio(from: from, to: to)) < 1e-13)
  }

  /// One end's batch is the other's, and the answer says so.
  @Test func oneBatchIsBoth() throws {
    let spec = try ScheduleSpec("cosine")
    let from = TrainingRun(spec, steps: 10_000, batchTokens: 4_000_000)
    let to = TrainingRun(spec, steps: 80_000)
    let answer = try TransferQuestion(from: from, to: to, source: .given(1e-3)).answer()
    #expect(answer.to.run.batchTokens == 4_000_000)
    #expect(answer.assumptions.contains { $0.hasPrefix("the batch was given for one run") })
    // At large batches the longer run wants the higher learning rate, at small ones the lower.
    #expect(answer.ratio > 1.2)
    var small = from
    small.batchTokens = 64_000
    #expect(try TransferQuestion(from: small, to: to).answer().ratio < 0.9)
    #expect(try TransferQuestion(from: to, to: from).answer().ratio < 1)
  }

  /// Below 10⁹ tokens the batch counts as an order of magnitude.
  @Test func fewTokens() throws {
    let spec = try ScheduleSpec("wsd20")
    func answer(_ batch: Int, _ other: Int) throws -> TransferAnswer {
      try TransferQuestion(
        from: TrainingRun(spec, steps: 2000, batchTokens: batch),
        to: TrainingRun(spec, steps: 2000, batchTokens: other)
      ).answer()
    }
    let tiny = try answer(64, 128)
    #expect(tiny.diagnostics.map(\.code) == ["few-tokens"])
    #expect(relativeError(tiny.uncertainty.batch, 0.35 * log(2)) < 1e-14)
    let usual = try answer(1_000_000, 2_000_000)
    #expect(usual.diagnostics.isEmpty)
    #expect(relativeError(usual.uncertainty.batch, 0.12 * log(2)) < 1e-14)
    #expect(relativeError(usual.uncertainty.horizon, 0.11 * log(2)) < 1e-14)
  }
}

@Suite struct LawMeaningTests {
  /// Batches and steps of source and target, and what is said.
  static let cases: [(Int?, Int, Int?, Int, String?)] = [
    (
      4_000_000, 10_000, 4_000_000, 80_000,
      "11 times the critical one at the source, 3.7 at the target: the longer run wants a higher"
    ),
    (64_000, 10_000, 64_000, 80_000, "the longer run wants a lower"),
    (4_000_000, 80_000, 4_000_000, 10_000, "the shorter run wants a lower"),
    (500_000, 80_000, 4_000_000, 10_000, "the target wants a higher"),
    (nil, 10_000, nil, 80_000, nil), (64_000, 10_000, 64_000, 10_000, nil),
  ]

  @Test(arguments: cases)
  func words(_ batch: Int?, _ steps: Int, _ toBatch: Int?, _ toSteps: Int, _ words: String?) {
    let meaning = TransferRule.standard().meaning(
      from: Horizon(steps: steps, batchTokens: batch),
      to: Horizon(steps: toSteps, batchTokens: toBatch))
    #expect(meaning.map { words.map($0.contains) ?? false } ?? (words == nil), "\(meaning ?? "")")
  }
}
