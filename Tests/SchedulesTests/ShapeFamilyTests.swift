import Numerics
import Schedules
import Support
import TestSupport
import Testing

@Suite struct ShapeFamilyTests {
  /// A spec, and the name of its values at T = 20 in the fixture.
  static let listed: [(String, String)] = [
    ("con:warmup=20%", "A.con"), ("cos-std:warmup=4steps", "A.cos-std"),
    ("cos-gen:exponent=0.6,warmup=4steps", "A.cos-gen"),
    ("sqrt-decay:alpha=0.5,warmup=4steps", "A.sqrt"), ("rex-gen:beta=0.3,warmup=4steps", "A.rex"),
    ("tpl:x0=0.1,y1=0.8,delta_x1=0.4,delta_x2=0.5,delta_y2=0.35", "A.tpl"),
    ("tps:x0=0.1,y1=0.8,delta_x1=0.4,delta_x2=0.5,delta_y2=0.35", "A.tps"),
    (
      "snm:y_start=0.15,y_end=0.05,x_peak=0.31,y1=0.6,delta_x1=0.12,y2=0.45,delta_x2=0.55", "A.snm"
    ),
  ]

  @Test(arguments: listed)
  func agreesWithTheReference(_ text: String, _ key: String) throws {
    let expected = ShapeSearchReference.shared.numbers(key)
    #expect(expected.count == 20)
    let schedule = try ScheduleSpec(text).schedule(steps: 20)
    for (value, expected) in zip(schedule.multipliers, expected) {
      #expect(abs(schedule.peak * value - expected) <= 1e-15)
    }
  }

  /// The definitions, entry by entry, at random points of the searched ranges.
  @Test(arguments: ShapeFamily.allCases)
  func agreesWithTheDefinition(_ family: ShapeFamily) throws {
    var generator = SplitMix64(seed: 5)
    // A power of up to 10 multiplies the rounding of the cosine.
    let tolerance = family == .generalisedCosine ? 5e-15 : 1e-15
    for steps in [7, 20, 100, 333] {
      for _ in 0..<20 {
        let point = family.parameters.map { $0.value(at: generator.nextUnit()) }
        let expected = SlowShapes.values(family, point, steps: steps)
        guard expected.contains(where: { $0 > 0 }) else { continue }
        let spec = family.spec(at: point)
        #expect(try ScheduleSpec(spec.text) == spec)
        let schedule = try spec.schedule(steps: steps)
        let errors = zip(schedule.multipliers, expected).map { abs(schedule.peak * $0 - $1) }
        #expect(try #require(errors.max()) <= tolerance, "\(spec.text) at \(steps)")
      }
    }
  }

  /// Lengths are cut off, not rounded; knots that fall together keep their first value.
  @Test func roundingIsTheirOwn() throws {
    func values(_ text: String, _ steps: Int) throws -> [Double] {
      let schedule = try ScheduleSpec(text).schedule(steps: steps)
      return schedule.multipliers.map { $0 * schedule.peak }
    }
    #expect(try values("con:warmup=0.29", 10) == [0, 0.5] + [Double](repeating: 1, count: 8))
    #expect(try values("con", 3) == [1, 1, 1])
    #expect(try values("sqrt-decay:alpha=0,warmup=2steps", 4) == [0, 0.5, 0.5, 0.5])
    #expect(try values("tps:x0=0,y1=0.5,delta-x1=0,delta-x2=0,delta-y2=1", 2) == [1, 0.5])
    #expect(try values("tpl:x0=0,y1=0.5,delta-x1=0,delta-x2=0,delta-y2=1", 2) == [0.5, 0.25])
    #expect(
      try values("tps:x0=1,y1=1,delta-x1=1,delta-x2=1,delta-y2=1", 3) == [0, 1.0 / 3, 2.0 / 3])
    let still = try ScheduleSpec("sqrt-decay:alpha=0.5,warmup=1steps")
    let error = #expect(throws: InputError.self) { try still.schedule(steps: 10) }
    #expect(error?.problem.contains("every multiplier is zero") == true)
    #expect(throws: InputError.self) { try ScheduleSpec("con:warmup=9steps").schedule(steps: 9) }
  }

  @Test func drawsAreWithinTheirRanges() {
    #expect(ShapeFamily.published.count == 8)
    for parameter in ShapeFamily.allCases.flatMap(\.parameters) {
      #expect(parameter.domain.contains(parameter.value(at: 0)))
      #expect(parameter.domain.contains(parameter.value(at: 1)))
      let middle = parameter.value(at: 0.5)
      let (lower, upper) = (parameter.searched.lowerBound, parameter.searched.upperBound)
      let expected = parameter.isLogarithmic ? (lower * upper).squareRoot() : (lower + upper) / 2
      #expect(relativeError(middle, expected) < 1e-14)
    }
  }

  /// Input, the character at fault, a piece of the problem and a piece of the hint.
  @Test(arguments: [
    ("tps", 4, "tps needs x0=", "tps:x0=0.1,y1=0.8"),
    ("tps20", 4, "takes no percentage", "write tps"),
    ("tps:x0=0.1,warmup=5%", 21, "needs y1=", "delta-x1=0.4"),
    ("cos-gen:power=0", 15, "power=0 is not a usable power", "0.001 to 1000"),
    ("cos-gen:warmup=5%", 18, "needs power=", "cos-gen:warmup=0.05,power=0.6"),
    ("con:min=0.1", 5, "'min' is not an option of con", "con takes warmup"),
    ("rex-gen:beta=-1", 14, "not a usable beta", "1e-06"),
    ("sqrt-dcay:alpha=1", 1, "no schedule is called", "did you mean sqrt-decay?"),
  ])
  func mistakes(_ text: String, _ position: Int, _ problem: String, _ hint: String) {
    let error = #expect(throws: InputError.self) { try ScheduleSpec(text) }
    #expect(error?.position == .character(position))
    #expect(error?.problem.contains(problem) == true, "\(error?.problem ?? "")")
    #expect(error?.hint.contains(hint) == true, "\(error?.hint ?? "")")
  }

  @Test func aWarmupBelongsToTheFamiliesThatHaveOne() {
    let text = "snm:y-start=0,y-end=0,x-peak=0.5,y1=0,delta-x1=0,y2=0,delta-x2=0,warmup=5%"
    let error = #expect(throws: InputError.self) { try ScheduleSpec(text) }
    #expect(error?.problem.contains("'warmup' is not an option of snm") == true)
  }

  @Test(arguments: [
    ("two-point-spline", "tps"), ("generalised_cosine", "cos-gen"), ("Smooth_Nonmonotonic", "snm"),
  ])
  func synonyms(_ name: String, _ family: String) {
    let error = #expect(throws: InputError.self) { try ScheduleSpec(name) }
    #expect(error?.hint.contains(family + ":") == true)
  }
}
