import Glibc
import Numerics

/// Points with binary labels, for logistic regression.
public struct LabelledData: Sendable {
  /// The data's name in a workload's identity.
  public let name: String

  /// The number of features, including the constant 1 of the intercept.
  public let features: Int

  /// The features, point by point.
  public let values: [Double]

  /// +1 or −1 per point.
  public let labels: [Double]

  /// The number of points.
  public var count: Int { labels.count }

  /// Creates data with features scaled to mean 0 and variance 1, and an intercept.
  init(name: String, rows: [[Double]], labels: [Double]) {
    let count = Double(rows.count)
    let columns = rows[0].indices.map { column -> (mean: Double, deviation: Double) in
      let mean = rows.reduce(0) { $0 + $1[column] } / count
      let square = rows.reduce(0) { $0 + ($1[column] - mean) * ($1[column] - mean) } / count
      return (mean, square.squareRoot())
    }
    self.name = name
    self.labels = labels
    features = columns.count + 1
    values = rows.flatMap { row in
      zip(row, columns).map { ($0 - $1.mean) / $1.deviation } + [1]
    }
  }

  /// The Wisconsin breast-cancer diagnoses: 569 points with ten features (Wolberg et al., UCI 1995, CC BY 4.0).
  ///
  /// These are the mean features of scikit-learn's copy. No plane separates the labels, and the features are
  /// nearly dependent, so the minimum exists but is slow to reach.
  public static let breastCancer: LabelledData = {
    let text = String(decoding: PackageResources.breast_cancer_csv, as: UTF8.self)
    let rows = text.split(separator: "\n").dropFirst().map { line in
      line.split(separator: ",").compactMap { Double($0) }
    }
    return LabelledData(
      name: "breast-cancer", rows: rows.map { Array($0.dropLast()) },
      labels: rows.map { $0.last == 1 ? 1 : -1 })
  }()

  /// Draws normal points with variances falling as 1/i, and labels with the odds given by a hidden plane.
  ///
  /// At least 2 points and 1 feature; the features are not rescaled.
  public static func synthetic(count: Int = 512, dimension: Int = 20, seed: Int = 0)
    -> LabelledData
  {
    precondition(count >= 2 && dimension >= 1, "points with features")
    var generator = SplitMix64(seed: UInt64(bitPattern: Int64(seed)))
    let plane = (0..<dimension).map { _ in 3 * generator.nextNormal() }
    var values: [Double] = []
    var labels: [Double] = []
    for _ in 0..<count {
      let point = (1...dimension).map { generator.nextNormal() / Double($0).squareRoot() }
      let margin = zip(point, plane).reduce(0) { $0 + $1.0 * $1.1 }
      values += point + [1]
      labels.append(generator.nextUnit() * (1 + exp(-margin)) < 1 ? 1 : -1)
    }
    return LabelledData(
      name: "synthetic-\(count)x\(dimension)-seed-\(seed)", features: dimension + 1,
      values: values, labels: labels)
  }

  private init(name: String, features: Int, values: [Double], labels: [Double]) {
    self.name = name
    self.features = features
    self.values = values
    self.labels = labels
  }
}
