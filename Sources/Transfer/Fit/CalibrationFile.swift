import FoundationEssentials
import Runs
import Schedules
import Support

extension Calibration {
  private struct Contents: Codable {
    struct Cell: Codable {
      var spec: String
      var steps: Int
      var optimum: Double
    }

    enum CodingKeys: String, CodingKey {
      case kind, scope, covariance, cells
      case version = "schema_version"
      case stepSum = "a"
      case noiseSum = "b"
      case horizon = "horizon_exponent"
      case shapeDeviation = "shape_deviation"
      case logScale = "log_scale"
    }

    var kind: String
    var version: Int
    var scope: String
    var stepSum: Double
    var noiseSum: Double
    var horizon: Double
    var covariance: [[Double]]
    var shapeDeviation: Double
    var logScale: Double
    var cells: [Cell]
  }

  private static let kind = "lrbound calibration"

  /// The calibration as one JSON object at full precision, with a final line break.
  public var json: String {
    let contents = Contents(
      kind: Self.kind, version: 1, scope: scope.rawValue, stepSum: exponents.stepSum,
      noiseSum: exponents.noiseSum, horizon: exponents.horizon, covariance: covariance,
      shapeDeviation: shapeDeviation, logScale: logScale,
      cells: sources.map {
        Contents.Cell(spec: $0.spec, steps: $0.steps, optimum: $0.baseLearningRate)
      })
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(contents) else {
      preconditionFailure("all numbers of a calibration are finite")
    }
    return String(decoding: data, as: UTF8.self) + "\n"
  }

  /// Writes the calibration to a file, replacing its contents; throws `InputError`.
  public func write(to path: String) throws(InputError) {
    try replaceFile(path) { write throws(InputError) in try write(json) }
  }

  /// Reads a calibration from a file (`-` for standard input); throws `InputError` if it is unreadable or
  /// not a calibration.
  public init(contentsOf path: String) throws(InputError) {
    func failure(_ problem: String) -> InputError {
      InputError(
        path: path, problem: problem, hint: "fit a calibration to a sweep and write it again")
    }
    let bytes = try readBytes(path)
    // The decoder accepts duplicate keys and trailing commas.
    guard (try? JSONTree.document(bytes, path: path)) != nil,
      let contents = try? JSONDecoder().decode(Contents.self, from: Data(bytes)),
      contents.kind == Self.kind
    else { throw failure("it is not a calibration") }
    guard contents.version == 1 else {
      throw failure("its schema version \(contents.version) is not 1")
    }
    guard let scope = Scope(rawValue: contents.scope) else {
      throw failure("its scope '\(printable(contents.scope))' is not known")
    }
    for (name, value) in [
      ("a", contents.stepSum), ("b", contents.noiseSum), ("horizon_exponent", contents.horizon),
    ] where !(abs(value) <= 1000) {
      throw failure("its exponent \(name), \(value), is not within 1000 of zero")
    }
    guard contents.covariance.count == 3, contents.covariance.allSatisfy({ $0.count == 3 }),
      (0..<3).allSatisfy({ (0...25).contains(contents.covariance[$0][$0]) }),
      contents.covariance.allSatisfy({ $0.allSatisfy { abs($0) <= 25 } })
    else { throw failure("its covariance is not three rows of three") }
    guard (0...1000).contains(contents.shapeDeviation), abs(contents.logScale) <= 1e5 else {
      throw failure("its shape_deviation or its log_scale is out of range")
    }
    guard contents.cells.allSatisfy({ $0.steps >= 1 && $0.optimum > 0 && $0.optimum.isFinite })
    else { throw failure("one of its cells has no steps or no optimum") }
    self.init(
      scope: scope,
      exponents: Exponents(
        stepSum: contents.stepSum, noiseSum: contents.noiseSum, horizon: contents.horizon),
      covariance: contents.covariance, shapeDeviation: contents.shapeDeviation,
      logScale: contents.logScale,
      sources: contents.cells.map {
        Source(spec: $0.spec, steps: $0.steps, baseLearningRate: $0.optimum)
      })
  }
}
