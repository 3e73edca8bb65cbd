import Bound
import Schedules
import Testing

@Suite struct BoundErrorTests {
  @Test(arguments: [0, -1, .nan, .infinity, 1e-60, 1e60])
  func unusableMagnitudes(_ value: Double) throws {
    let terms = try BoundTerms.lastIterate(of: ScheduleSpec("linear").schedule(steps: 10))
    #expect(throws: BoundError.self) { try terms.bound(at: value) }
    #expect(throws: BoundError.self) { try terms.bound(at: 1, distance: value) }
    #expect(throws: BoundError.self) { try terms.optimalBound(distance: value) }
    #expect(throws: BoundError.self) { try terms.optimalBaseLearningRate(distance: value) }
    #expect(throws: BoundError.self) { try GradientNorms.constant(value) }
  }

  /// γ* and Ω* may leave the range that inputs must keep to.
  @Test func computedValuesAreNotInputs() throws {
    let tunable = try TunableSchedule(ScheduleSpec("linear"), steps: 1000)
    let optimum = try tunable.optimum(distance: 1e-50)
    #expect(optimum.baseLearningRate < 1e-51 && optimum.bound > 0)
  }

  @Test func badNorms() throws {
    #expect(throws: BoundError.norm(index: 1, value: -1)) { try GradientNorms.perStep([1, -1]) }
    #expect(throws: BoundError.self) { try GradientNorms.perStep([1, .nan]) }
    #expect(throws: BoundError.normsAllZero) { try GradientNorms.perStep([0, 0]) }
    #expect(throws: BoundError.normCount(norms: 2, steps: 3)) {
      try BoundTerms.lastIterate(
        of: ScheduleSpec("linear").schedule(steps: 3), gradientNorms: .perStep([1, 2]))
    }
    // Norms that are zero wherever the schedule moves leave nothing to balance.
    #expect(throws: BoundError.normsAllZero) {
      try BoundTerms.lastIterate(
        of: Schedule(values: [1, 1, 0]), gradientNorms: .perStep([0, 0, 1]))
    }
  }

  @Test func messagesAreOneLine() {
    let errors: [BoundError] = [
      .outOfRange(name: "distance", value: 0, range: 1...2), .normCount(norms: 1, steps: 2),
      .norm(index: 0, value: -1), .normsAllZero, .notConverged("it"),
    ]
    for error in errors { #expect(!"\(error)".contains("\n") && "\(error)".contains(";")) }
  }
}
