import Bound
import Foundation
import Glibc
import Schedules
import TestSupport
import Testing

/// The 27 schedules of the fixture, whose values were computed at 50 digits from the double sum.
@Suite struct ReferenceTests {
  struct Fixture: Decodable {
    let values: [String: [String: String]]
  }

  static let specs = [
    "constant": "constant", "linear": "linear", "cosine_to_0": "cosine",
    "cosine_to_0.1": "cosine:min=0.1", "wsd_10_lin": "wsd10", "wsd_20_lin": "wsd20",
    "wsd_40_lin": "wsd40", "wsd_20_1msqrt": "wsd20:decay=1-sqrt", "inv_sqrt": "invsqrt",
  ]

  @Test func allWithinOnePartInTenTrillion() throws {
    let url = try #require(
      Bundle.module.url(forResource: "bounds", withExtension: "json", subdirectory: "Fixtures"))
    let fixture = try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: url))
    #expect(fixture.values.count == 27)
    for (name, row) in fixture.values {
      let parts = name.components(separatedBy: "/T=")
      let text = try #require(Self.specs[parts[0]])
      let steps = try #require(Int(parts[1]))
      let schedule = try ScheduleSpec(text).schedule(steps: steps)
      let terms = try BoundTerms.lastIterate(of: schedule)
      let pairs = [
        (terms.stepSum, "S"), (terms.noiseSum, "V"), (try terms.bound(at: 1), "omega_gamma1"),
        (try terms.optimalBaseLearningRate(), "gamma_star"),
        (try terms.optimalBound(), "omega_star"),
      ]
      for (value, key) in pairs {
        let expected = try #require(row[key].flatMap(Double.init))
        #expect(relativeError(value, expected) < 1e-13, "\(name)")
      }
    }
  }

  /// γ* at T = 10⁷ against the limits for long runs, whose corrections are of the order ln T/T.
  @Test(
    arguments: sampled([
      ("linear", 1, 2), ("cosine", 0.9707952417, 2.0601666697),
      ("wsd20", 0.5145145274, 2.1595330198),
      ("wsd20:decay=1-sqrt", 0.542745, 2.125947), ("1-sqrt", 1.489564, 2.014012),
    ]))
  func longRunLimits(_ text: String, _ gamma: Double, _ omega: Double) throws {
    let steps = 10_000_000
    let terms = try BoundTerms.lastIterate(of: ScheduleSpec(text).schedule(steps: steps))
    let root = Double(steps).squareRoot()
    if let closed = BoundTerms.closedForm(of: try ScheduleSpec(text), steps: steps) {
      #expect(relativeError(closed.noiseSum, terms.noiseSum) < 1e-13)
      #expect(relativeError(closed.stepSum, terms.stepSum) < 1e-13)
    }
    #expect(relativeError(try terms.optimalBaseLearningRate() * root, gamma) < 2e-6)
    #expect(relativeError(try terms.optimalBound() * root, omega) < 2e-6)
  }

  /// An independent definition: the double sum of the theorem, term by term, for short schedules.
  @Test(arguments: [1, 2, 3, 40], [1.0, 3.0])
  func doubleSum(_ steps: Int, _ norm: Double) throws {
    var generator = SplitMix64(seed: UInt64(steps))
    let eta = (0..<steps).map { _ in Double.random(in: 0.01...1, using: &generator) }
    let norms = (0..<steps).map { _ in norm * Double.random(in: 0.5...2, using: &generator) }
    let schedule = try Schedule(values: eta)
    let scaled = schedule.multipliers
    func sum(_ range: Range<Int>, _ term: (Int) -> Double) -> Double {
      range.reduce(0) { $0 + term($1) }
    }
    let squares = { (t: Int) in scaled[t] * scaled[t] * norms[t] * norms[t] }
    let total = sum(0..<steps) { scaled[$0] }
    var noise = sum(0..<steps, squares) / total
    for k in 0..<steps - 1 {
      let after = sum(k + 1..<steps) { scaled[$0] }
      noise += scaled[k] / after * sum(k..<steps, squares) / (after + scaled[k])
    }
    let terms = try BoundTerms.lastIterate(of: schedule, gradientNorms: .perStep(norms))
    #expect(relativeError(terms.stepSum, total) < 1e-14)
    #expect(relativeError(terms.noiseSum, noise) < 1e-13)
  }
}
