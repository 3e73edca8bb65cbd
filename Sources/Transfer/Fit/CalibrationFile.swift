import FoundationEssentials
import Runs
import Schedules
import Support

extension Calibration {
  private struct Header: Codable {
    var kind: String
    var version: Int

    enum CodingKeys: String, CodingKey {
      case kind
      case version = "schema_version"
    }
  }

  private struct Contents: Codable {
    struct Cell: Codable {
      var spec: String
      var steps: Int
      var batchTokens: Int?
      var optimum: Double

      enum CodingKeys: String, CodingKey {
        case spec, steps, optimum
        case batchTokens = "batch_tokens"
      }
    }

    enum CodingKeys: String, CodingKey {
      case kind, scope, covariance, cells
      case version = "schema_version"
      case stepSum = "a"
      case noiseSum = "b"
      case horizonOffset = "horizon_offset"
      case lawConstant = "law_constant"
      case shapeDeviation = "shape_deviation"
      case logScale = "log_scale"
    }

    var kind: String
    var version: Int
    var scope: String
    var stepSum: Double
    var noiseSum: Double
    var horizonOffset: Double
    var lawConstant: Double
    var covariance: [[Double]]
    var shapeDeviation: Double
    var logScale: Double
    var cells: [Cell]
  }

  private static let kind = "lrbound calibration"
  private static let version = 2

  /// The calibration as one JSON object at full precision, with a final line break.
  public var json: String {
    let contents = Contents(
      kind: Self.kind, version: Self.version, scope: scope.rawValue, stepSum: exponents.stepSum,
      noiseSum: exponents.noiseSum, horizonOffset: exponents.horizonOffset,
      lawConstant: law.constant, covariance: covariance, shapeDeviation: shapeDeviation,
      logScale: logScale,
      cells: sources.map {
        Contents.Cell(
          spec: $0.spec, steps: $0.steps, batchTokens: $0.batchTokens, optimum: $0.baseLearningRate)
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
      let header = try? JSONDecoder().decode(Header.self, from: Data(bytes)),
      header.kind == Self.kind
    else { throw failure("it is not a calibration") }
    guard header.version == Self.version else {
      throw failure("its schema version \(header.version) is not \(Self.version)")
    }
    guard let contents = try? JSONDecoder().decode(Contents.self, from: Data(bytes)) else {
      throw failure("it is not a calibration")
    }
    guard let scope = Scope(rawValue: contents.scope) else {
      throw failure("its scope '\(printable(contents.scope))' is not known")
    }
    for (name, value) in [
      ("a", contents.stepSum), ("b", contents.noiseSum),
      ("horizon_offset", contents.horizonOffset),
    ] where !(abs(value) <= 1000) {
      throw failure("its exponent \(name), \(value), is not within 1000 of zero")
    }
    guard contents.covariance.count == 4, contents.covariance.allSatisfy({ $0.count == 4 }),
      (0..<4).allSatisfy({ (0...25).contains(contents.covariance[$0][$0]) }),
      contents.covariance.allSatisfy({ $0.allSatisfy { abs($0) <= 25 } })
    else { throw failure("its covariance is not four rows of four") }
    guard (1e-6...1e6).contains(contents.lawConstant) else {
      throw failure("its law_constant is out of range")
    }
    guard (0...1000).contains(contents.shapeDeviation), abs(contents.logScale) <= 1e5 else {
      throw failure("its shape_deviation or its log_scale is out of range")
    }
    guard
      contents.cells.allSatisfy({
        $0.steps >= 1 && $0.batchTokens ?? 1 >= 1 && $0.optimum > 0 && $0.optimum.isFinite
      })
    else { throw failure("one of its cells has no steps, no batch or no optimum") }
    guard Set(contents.cells.map { $0.batchTokens == nil }).count <= 1 else {
      throw failure("some of its cells have a batch and others have none")
    }
    self.init(
      scope: scope,
      exponents: Exponents(
        stepSum: contents.stepSum, noiseSum: contents.noiseSum,
        horizonOffset: contents.horizonOffset),
      law: HorizonBatchLaw(constant: contents.lawConstant), covariance: contents.covariance,
      shapeDeviation: contents.shapeDeviation, logScale: contents.logScale,
      sources: contents.cells.map {
        Source(
          spec: $0.spec, steps: $0.steps, batchTokens: $0.batchTokens, baseLearningRate: $0.optimum)
      })
  }
}
