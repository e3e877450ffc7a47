namespace FastTrainLog.Shipping;

/// <summary>How a target is reached over HTTP. TLS certificates are verified, and proxies are those of the environment, as .NET has them.</summary>
public sealed class HttpTargetOptions
{
    /// <summary>Initializes the options.</summary>
    /// <param name="address">The address, <c>http</c> or <c>https</c>, without user and password, and without a query.</param>
    /// <exception cref="ArgumentException">It is not such an address.</exception>
    public HttpTargetOptions(string address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (!Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("http" or "https"))
        {
            throw new ArgumentException("The address must be an absolute one with http or https, such as https://logs.example.com.", nameof(address));
        }

        if (uri.UserInfo.Length > 0)
        {
            // It is in the list of processes, and would be in messages.
            throw new ArgumentException("The address has a user or a password in it; give the user as User, and the password as Secret, from the environment or a file.", nameof(address));
        }

        if (uri.Query.Length > 0 || uri.Fragment.Length > 0)
        {
            throw new ArgumentException("The address has a query or a fragment, which no target needs; give a token as Secret, from the environment or a file.", nameof(address));
        }

        Address = uri;
    }

    /// <summary>Gets the address.</summary>
    public Uri Address { get; }

    /// <summary>Gets or sets the token, or the password of <see cref="User"/>; null for none.</summary>
    public ShipSecret? Secret { get; set; }

    /// <summary>Gets or sets the user of HTTP's basic authentication; null if the secret is a token.</summary>
    public string? User { get; set; }

    /// <summary>Gets or sets further headers of each request, such as <c>X-Scope-OrgID</c>; not for secrets.</summary>
    public Dictionary<string, string> Headers { get; set; } = [];

    /// <summary>Gets or sets whether bodies are compressed with gzip, the default.</summary>
    public bool Compress { get; set; } = true;

    /// <summary>Gets or sets the longest wait for an answer; 30 s by default.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets or sets the name of the target; null for its kind. See <see cref="IShipTarget.Name"/>.</summary>
    public string? Name { get; set; }

    /// <summary>Gets or sets what the records are called at the target: Loki's label <c>job</c>, OTLP's <c>service.name</c>, Splunk's <c>source</c>; <c>fasttrainlog</c> by default.</summary>
    public string Job { get; set; } = "fasttrainlog";
}
