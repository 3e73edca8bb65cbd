import Bound
import Schedules
import Support
import Testing

@Suite struct RefusedInputTests {
  @Test(arguments: [0, -1, .nan, .infinity, 1e-60, 1e60])
  func unusableMagnitudes(_ value: Double) throws {
    let terms = try BoundTerms.lastIterate(of: ScheduleSpec("linear").schedule(steps: 10))
    let error = #expect(throws: InputError.self) { try terms.bound(at: value) }
    let shown = decimalText(value)
    #expect(
      error?.description
        == "base learning rate \(shown) is out of range; give 1e-50 to 1e+50")
    #expect(error?.kind == .value)
    #expect(throws: InputError.self) { try terms.bound(at: 1, distance: value) }
    #expect(throws: InputError.self) { try terms.optimalBound(distance: value) }
    #expect(throws: InputError.self) { try terms.optimalBaseLearningRate(distance: value) }
    #expect(throws: InputError.self) { try GradientNorms.constant(value) }
  }

  /// γ* and Ω* may leave the range that inputs must keep to.
  @Test func computedValuesAreNotInputs() throws {
    let tunable = try TunableSchedule(of: TrainingRun(ScheduleSpec("linear"), steps: 1000))
    let optimum = try tunable.optimum(distance: 1e-50)
    #expect(optimum.baseLearningRate < 1e-51 && optimum.bound > 0)
  }

  @Test func badNorms() throws {
    let negative = #expect(throws: InputError.self) { try GradientNorms.perStep([1, -1]) }
    #expect(negative?.description == "gradient norm 2 is -1; give numbers from 0 to 1e50")
    #expect(throws: InputError.self) { try GradientNorms.perStep([1, .nan]) }
    let zero = #expect(throws: InputError.self) { try GradientNorms.perStep([0, 0]) }
    #expect(zero?.problem == "every gradient norm is zero")
    let count = #expect(throws: InputError.self) {
      try BoundTerms.lastIterate(
        of: ScheduleSpec("linear").schedule(steps: 3), gradientNorms: .perStep([1, 2]))
    }
    #expect(count?.problem == "2 gradient norms were given for 3 steps")
    // Norms that are zero wherever the schedule moves leave nothing to balance.
    let unmoved = #expect(throws: InputError.self) {
      try BoundTerms.lastIterate(
        of: Schedule(values: [1, 1, 0]), gradientNorms: .perStep([0, 0, 1]))
    }
    #expect(unmoved == zero)
  }
}
