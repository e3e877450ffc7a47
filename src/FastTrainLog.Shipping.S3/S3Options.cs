using System.Globalization;
using Amazon;
using Amazon.Runtime;
using Amazon.S3;

namespace FastTrainLog.Shipping;

/// <summary>How object storage is reached. TLS certificates are verified, and proxies are those of the environment, as .NET has them.</summary>
public sealed class S3Options
{
    private const string Scheme = "s3://";

    /// <summary>Initializes the options.</summary>
    /// <param name="address">The address, such as <c>s3://bucket/runs/17</c>.</param>
    /// <exception cref="ArgumentException">It is not such an address.</exception>
    public S3Options(string address)
    {
        ArgumentNullException.ThrowIfNull(address);
        string[] parts = address.StartsWith(Scheme, StringComparison.Ordinal) ? address[Scheme.Length..].Split('/', 2) : [];
        if (parts is not [{ Length: > 0 } bucket, ..] || bucket.AsSpan().ContainsAny(":@?") || (parts is [_, var path] && path.Split('/').Any(static part => part is "." or "..")))
        {
            throw new ArgumentException("The address must be a bucket and a place in it, such as s3://bucket/runs/17.", nameof(address));
        }

        Bucket = bucket;
        Prefix = parts is [_, { } place] ? place.Trim('/') : string.Empty;
    }

    /// <summary>Gets the bucket.</summary>
    public string Bucket { get; }

    /// <summary>Gets the place in the bucket, without <c>/</c> at its ends; empty for the bucket itself.</summary>
    public string Prefix { get; }

    /// <summary>Gets or sets the address of a storage other than Amazon's, such as <c>https://minio.example.com:9000</c>; null for Amazon's.</summary>
    public string? Endpoint { get; set; }

    /// <summary>Gets or sets the region; null for what the AWS SDK finds, or for <c>us-east-1</c> at an <see cref="Endpoint"/>.</summary>
    public string? Region { get; set; }

    /// <summary>Gets or sets the identifier of the access key; null for the credentials that the AWS SDK finds.</summary>
    public string? AccessKey { get; set; }

    /// <summary>Gets or sets the secret of <see cref="AccessKey"/>.</summary>
    public ShipSecret? Secret { get; set; }

    /// <summary>Gets or sets the longest wait for an answer; 100 s by default.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(100);

    /// <summary>Gets or sets the longest time that a record waits until its object is full; one minute by default.</summary>
    public TimeSpan Linger { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Gets or sets the name of the target, see <see cref="IShipTarget.Name"/>.</summary>
    public string Name { get; set; } = "s3";

    /// <summary>Gets or sets what makes further objects of those with lines; null for none.</summary>
    internal IS3Derivation? Derivation { get; set; }

    internal string Address => Prefix.Length == 0 ? Scheme + Bucket : string.Create(CultureInfo.InvariantCulture, $"{Scheme}{Bucket}/{Prefix}");

    /// <summary>Returns the key of an object below the prefix.</summary>
    internal string KeyOf(params ReadOnlySpan<string> parts)
    {
        string key = Prefix;
        foreach (string part in parts)
        {
            key = key.Length == 0 || part.Length == 0 ? key + part : $"{key}/{part}";
        }

        return key;
    }

    internal AmazonS3Client CreateClient()
    {
        var config = new AmazonS3Config
        {
            // The shipper tries again itself, and asks the storage how long to wait.
            MaxErrorRetry = 0,
            Timeout = Timeout,
            ForcePathStyle = Endpoint is not null,
            // Newer checksums of Amazon's, which other storages do not all have; each object has its SHA-256 in the manifest.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        if (Endpoint is not null)
        {
            config.ServiceURL = Endpoint;
            config.AuthenticationRegion = Region ?? "us-east-1";
        }
        else if (Region is not null)
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(Region);
        }

        return AccessKey is null ? new AmazonS3Client(config) : new AmazonS3Client(new BasicAWSCredentials(AccessKey, Secret?.Read() ?? throw new IOException($"there is no secret for the access key {AccessKey}")), config);
    }
}
