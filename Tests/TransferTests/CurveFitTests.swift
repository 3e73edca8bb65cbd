import Bound
import Foundation
import Runs
import Schedules
import Support
import TestSupport
import Testing
import Transfer

@Suite struct CurveFitTests {
  /// A run of a spec at a peak learning rate, logged every so many steps, with losses that fall.
  static func curve(
    _ spec: String, steps: Int, every: Int, peak: Double = 1e-3,
    law: (Int) -> Double = { 3 + 1 / Double($0) }
  ) throws -> LossCurve {
    let rates = try ScheduleSpec(spec).schedule(steps: steps).multipliers
    let rows = Array(stride(from: every, through: steps, by: every))
    return try LossCurve(
      steps: rows, learningRates: rows.map { peak * rates[$0 - 1] }, losses: rows.map(law),
      warmup: 1)
  }

  static let bad: [([Int], [Double], [Double], String)] = [
    ([1, 2], [1, 1], [3, 3], "2 usable rows"),
    (Array(0..<10), ones, ones, "step 0 "),
    ([1, 2, 3, 4, 5, 6, 7, 8, 9, 9], ones, ones, "step 9 "),
    ([1, 2, 3, 4, 5, 6, 7, 8, 9, 3_000_000], ones, ones, "step 3000000 "),
    (tens, [0] + ones.dropLast(), ones, "0.0 is not a learning rate"),
    (tens, ones.dropLast() + [-1], ones, "-1.0 is not a learning rate"),
    (tens, ones, [0] + ones.dropLast(), "0.0 is not a loss"),
    (tens, ones, ones.dropLast() + [.infinity], "inf is not a loss"),
  ]
  static let ones = [Double](repeating: 1, count: 10)
  static let tens = Array(1...10)

  @Test(arguments: bad)
  func refuses(_ steps: [Int], _ rates: [Double], _ losses: [Double], _ problem: String) {
    let error = #expect(throws: InputError.self) {
      try LossCurve(steps: steps, learningRates: rates, losses: losses)
    }
    #expect(error?.problem.hasPrefix(problem) == true && error?.hint.isEmpty == false)
  }

  /// Rows are unseen from where the learning rates part on; a row of another curve never is.
  @Test func unseenRows() throws {
    let constant = try Self.curve("constant", steps: 1000, every: 50)
    let cooled = try Self.curve("wsd20", steps: 1000, every: 50, law: { 3 + 2 / Double($0) })
    // The plateau ends with step 800; the row of step 850 is the first below it.
    let rows = cooled.rowsUnseen(in: [constant])
    #expect(rows.map { cooled.steps[$0] } == [850, 900, 950, 1000])
    #expect(constant.rowsUnseen(in: [constant]).isEmpty)
    #expect(cooled.rowsUnseen(in: []).count == 20)
    let longer = try Self.curve("constant", steps: 1500, every: 50)
    #expect(longer.rowsUnseen(in: [constant]).map { longer.steps[$0] }.first == 1050)
    let lower = try Self.curve("constant", steps: 1000, every: 50, peak: 5e-4)
    // Other learning rates, but the losses of the constant run: rows that were copied.
    #expect(lower.rowsUnseen(in: [constant]).isEmpty)
  }

  @Test func readsFiles() throws {
    var text = "Step,LR,Loss\n0,0,9\n"
    for step in 1...20 { text += "\(step),1e-3,\(4 - 0.1 * Double(step))\n" }
    text += "20,1e-3,1.5\n19,1e-3,\n18,1e-3,1.7\n"
    let file = try TemporaryFile(text)
    var diagnostics: [Diagnostic] = []
    let curve = try LossCurve(contentsOf: file.path, diagnostics: &diagnostics)
    #expect(curve.steps == Array(1...20) && curve.losses[19] == 1.5 && curve.losses[17] == 1.7)
    #expect(diagnostics.map(\.code) == ["rows-left-out", "repeated-steps", "unsorted-steps"])
    let long = try TemporaryFile(
      "step,lr,loss\n" + (1...1200).map { "\($0),1e-3,3" }.joined(separator: "\n"))
    diagnostics = []
    let thinned = try LossCurve(contentsOf: long.path, diagnostics: &diagnostics)
    #expect(thinned.steps.count == LossCurve.mostRows && thinned.steps.last == 1200)
    #expect(diagnostics.map(\.code) == ["thinned"])
  }

  static let badFiles: [(String, Int?, String)] = [
    ("", nil, "empty"), ("step,loss\n1,2\n", 1, "no column is called lr (there are step, loss)"),
    ("step,lr,loss\n1,1,1\n", nil, "1 usable row"), ("step,lr,loss\n1.5,1,1\n", 2, "not a step"),
    ("step,lr,loss\n9e9,1,1\n", 2, "not a step"), ("step,lr,loss\n", nil, "0 usable rows"),
  ]

  @Test(arguments: badFiles)
  func refusesFiles(_ text: String, _ line: Int?, _ problem: String) throws {
    let file = try TemporaryFile(text)
    var diagnostics: [Diagnostic] = []
    let error = #expect(throws: InputError.self) {
      try LossCurve(contentsOf: file.path, diagnostics: &diagnostics)
    }
    #expect(
      error?.line == line && error?.problem.contains(problem) == true, "\(error?.problem ?? "")")
  }
}

@Suite struct CurveLawTests {
  /// S2 and LD by their definitions, step by step.
  @Test func definitions() throws {
    let steps = 300
    let curve = try CurveFitTests.curve("cosine", steps: steps, every: 1)
    let rates = curve.learningRates
    let decay = 0.97
    let momentum = CurveLaw.momentum.annealing(of: CurveTerms(of: curve), at: [-log(1 - decay)])
      .values
    let multiPower = CurveLaw.multiPower.annealing(
      of: CurveTerms(of: curve), at: [log(2), log(0.4), log(0.5)]
    ).values
    for last in [10, 100, 299] {
      var area = 0.0
      var drop = 0.0
      for i in 1...last {
        for k in 1...i { area += (rates[k - 1] - rates[k]) * pow(decay, Double(i - k)) }
        let since = rates[i...last].reduce(0, +)
        drop +=
          (rates[i - 1] - rates[i]) * (1 - pow(2 * pow(rates[i], -0.5) * since + 1, -0.4))
      }
      #expect(relativeError(momentum[last], area) < 1e-12)
      #expect(relativeError(multiPower[last], drop) < 1e-12)
    }
    // Fewer rows, nearly the same.
    let sparse = try CurveFitTests.curve("cosine", steps: steps, every: 10)
    let few = CurveLaw.multiPower.annealing(
      of: CurveTerms(of: sparse), at: [log(2), log(0.4), log(0.5)]
    ).values
    #expect(relativeError(few[29], multiPower[299]) < 0.02)
  }

  /// V at every row is the bound's.
  @Test func boundTerm() throws {
    let curve = try CurveFitTests.curve("wsd20", steps: 500, every: 25, peak: 2e-3)
    let values = CurveLaw.generalisedBound.annealing(of: CurveTerms(of: curve), at: []).values
    let schedule = try ScheduleSpec("wsd20").schedule(steps: 500)
    for (row, step) in curve.steps.enumerated() where step % 100 == 0 {
      let terms = try #require(try BoundTerms.lastIterate(of: schedule, at: step))
      // Rates between rows lie on straight lines, and so do those of wsd.
      #expect(relativeError(values[row], 2e-3 * terms.noiseSum) < 1e-3)
    }
  }

  /// The derivatives in θ against central differences.
  @Test(arguments: [CurveLaw.momentum, .multiPower])
  func derivatives(_ law: CurveLaw) throws {
    let curve = try CurveFitTests.curve("wsd40:decay=1-sqrt", steps: 400, every: 10)
    for theta in law.starts {
      let term = law.annealing(of: CurveTerms(of: curve), at: theta)
      for index in theta.indices {
        let width = 1e-5
        var (up, down) = (theta, theta)
        up[index] += width
        down[index] -= width
        let above = law.annealing(of: CurveTerms(of: curve), at: up).values
        let below = law.annealing(of: CurveTerms(of: curve), at: down).values
        for row in curve.steps.indices {
          let difference = (above[row] - below[row]) / (2 * width)
          let derivative = term.derivatives[row * theta.count + index]
          #expect(abs(derivative - difference) <= 1e-7 * (abs(difference) + 1e-3))
        }
      }
    }
  }

  /// Curves that follow a law are told by it, also those it has not seen.
  @Test(.enabled(if: isHeavy), arguments: CurveLaw.allCases)
  func recoversItsOwnForm(_ law: CurveLaw) throws {
    let theta: [Double]
    let gain: Double
    switch law {
    case .generalisedBound: (theta, gain) = ([], 20)
    case .momentum: (theta, gain) = ([-log(0.01)], 2)
    case .multiPower: (theta, gain) = ([0, log(0.5), log(0.5)], -300)
    }
    func following(_ spec: String) throws -> LossCurve {
      let blank = try CurveFitTests.curve(spec, steps: 1600, every: 40)
      let term = law.annealing(of: CurveTerms(of: blank), at: theta).values
      let rates = try ScheduleSpec(spec).schedule(steps: 1600).multipliers
      let losses = blank.steps.enumerated().map { row, step in
        let sum = 1e-3 * rates.prefix(step).reduce(0, +)
        let sign: Double = law == .generalisedBound ? 1 : -1
        return 2.5 + 0.4 * pow(sum, -0.5) + sign * abs(gain) * term[row]
      }
      return try LossCurve(
        steps: blank.steps, learningRates: blank.learningRates, losses: losses, warmup: 1)
    }
    let training = [try following("constant"), try following("cosine")]
    let fit = try #require(CurveFit(law, to: training))
    let held = try following("wsd40")
    let score = try #require(fit.score(on: held, unseenIn: training))
    #expect(fit.rows == 80 && fit.trainingError < 3e-3, "\(fit.trainingError)")
    #expect(score.error < 1e-2, "\(score)")
    #expect(score.rows == held.rowsUnseen(in: training).count && score.rows > 10)
    #expect(fit.parameters.count == (law == .generalisedBound ? 4 : law == .momentum ? 5 : 7))
  }

  /// Every law beside the others, scored where rows are unseen.
  @Test func comparesLaws() throws {
    let constant = try CurveFitTests.curve("constant", steps: 1000, every: 50)
    let cooled = try CurveFitTests.curve(
      "wsd20", steps: 1000, every: 50, law: { 3 + 2 / Double($0) })
    let all = try CurveLawComparison(fittedTo: [constant], scoredOn: [cooled, constant])
    #expect(all.entries.map(\.fit.law) == CurveLaw.allCases && all.diagnostics.isEmpty)
    #expect(all.entries.allSatisfy { $0.scores[0]?.rows == 4 && $0.scores[1] == nil })
  }

  /// Real curves, where they are present: two of three fitted, the third told on unseen rows.
  @Test(
    .enabled(if: RealData.isPresent, "needs the folder of real runs"),
    .enabled(
      if: isHeavy, "heavy: LRBOUND_HEAVY=1"),
    arguments: ["25M", "100M"])
  func realCurves(_ model: String) throws {
    let folder = URL(fileURLWithPath: RealData.sweep).deletingLastPathComponent()
      .appendingPathComponent("../loss-curves/\(model)").standardized.path
    var diagnostics: [Diagnostic] = []
    let names = ["constant_24000", "cosine_24000", "wsdcon_9"]
    let curves = try names.map {
      try LossCurve(contentsOf: "\(folder)/\($0).csv", diagnostics: &diagnostics)
    }
    for law in CurveLaw.allCases {
      for (index, name) in names.enumerated() {
        var training = curves
        let held = training.remove(at: index)
        let fit = try #require(CurveFit(law, to: training))
        let score = try #require(fit.score(on: held, unseenIn: training))
        print("\(model) \(law.rawValue) \(name): fitted \(fit.trainingError), \(score)")
        #expect(fit.trainingError < 5e-3 && score.error < 0.025)
        if law == .momentum { #expect(score.error < 0.012) }
      }
    }
  }
}
