import Glibc
import Numerics

/// Points with binary labels, for logistic regression.
public struct LabelledData: Sendable {
  /// The name of the data in a workload's identity.
  public let name: String

  /// The number of features of a point; the last is the constant 1, for the intercept.
  public let features: Int

  /// The features, point after point.
  public let values: [Double]

  /// +1 or −1 a point.
  public let labels: [Double]

  /// The number of points.
  public var count: Int { labels.count }

  /// Data whose features are scaled to mean 0 and variance 1, with an intercept.
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

  /// The Wisconsin diagnoses of breast cancer.
  ///
  /// 569 points with the ten mean features of scikit-learn's copy (Wolberg and others, UCI 1995, CC BY 4.0).
  /// No plane separates the two labels, and the features are nearly dependent, so that the loss has a minimum
  /// that is slow to reach.
  public static let breastCancer: LabelledData = {
    let text = String(decoding: PackageResources.breast_cancer_csv, as: UTF8.self)
    let rows = text.split(separator: "\n").dropFirst().map { line in
      line.split(separator: ",").compactMap { Double($0) }
    }
    return LabelledData(
      name: "breast-cancer", rows: rows.map { Array($0.dropLast()) },
      labels: rows.map { $0.last == 1 ? 1 : -1 })
  }()

  /// Points from a normal distribution whose variances fall like 1/i, labelled at random with the odds
  /// that a hidden plane gives them.
  ///
  /// - Parameters:
  ///   - count: the number of points, at least 2.
  ///   - dimension: the number of random features, at least 1.
  ///   - seed: the seed of the random numbers.
  /// - Returns: the data; the features are not scaled to variance 1.
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
